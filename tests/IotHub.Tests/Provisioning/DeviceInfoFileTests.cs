using System.Text;
using CsCheck;

namespace BridgeFramework.IotHub.Tests;

public sealed class DeviceInfoFileTests
{
    private const string Python = """
        {
          "auth_mode": "KEY", "productId": "GWPROD0001", "productSecret": "YOUR_PRODUCT_SECRET", "deviceName": "test01",
          "key_deviceinfo": { "deviceSecret": "AAECAwQFBgcICQoLDA0ODw==" },
          "cert_deviceinfo": { "devCaFile": "", "devCertFile": "YOUR_DEVICE_CERT", "devPrivateKeyFile": "" },
          "subDev": { "subdev_num": 2, "subdev_list": [
            {"sub_productId":"SUBPROD001","sub_devName":"test1","sub_deviceSecret":"EBESExQVFhcYGRobHB0eHw=="},
            {"sub_productId":"SUBPROD001","sub_devName":"dev1"},
            {"sub_productId":"YOUR_SUB_PRODUCT_ID","sub_devName":"beyond subdev_num"} ] },
          "region": "china"
        }
        """;

    [Fact]
    public void The_shape_of_the_python_sdk_is_read()
    {
        var info = Parse(Python);
        Assert.Equal("GWPROD0001/test01", info.Gateway.ToString());
        Assert.Equal(new DeviceSecret("AAECAwQFBgcICQoLDA0ODw=="), info.Secret);
        Assert.Equal("SUBPROD001/test1 SUBPROD001/dev1", string.Join(' ', info.SubDevices.Select(device => device.Identity)));
        Assert.Equal(new DeviceSecret("EBESExQVFhcYGRobHB0eHw=="), info.SubDevices[0].Secret);
        Assert.Null(info.SubDevices[1].Secret);
    }

    [Fact]
    public void The_shape_of_the_c_sdk_is_read()
    {
        var info = Parse("""
            {"auth_mode":"KEY","productId":"GWPROD0001","deviceName":"test01","key_deviceinfo":{"deviceSecret":"AAECAwQFBgcICQoLDA0ODw=="},
             "subDev":{"sub_productId":"SUBPROD001","sub_devName":"test1"}}
            """);
        Assert.Equal("SUBPROD001/test1", Assert.Single(info.SubDevices).Identity.ToString());
    }

    [Fact]
    public void A_byte_order_mark_is_tolerated() =>
        Assert.Equal("GWPROD0001", Parse("\uFEFF" + Python).Gateway.ProductId);

    [Fact]
    public void A_certificate_device_names_its_files_beside_the_file()
    {
        var info = DeviceInfoFile.Parse("""
            {"auth_mode":"CERT","productId":"P","deviceName":"D","cert_deviceinfo":{"devCaFile":"ca.crt","devCertFile":"d.crt","devPrivateKeyFile":"/keys/d.key"}}
            """u8.ToArray(), "/etc/bridge/device_info.json");
        var pair = Assert.IsType<CertificateCredentials>(info.Credentials);
        Assert.Equal(("/etc/bridge/d.crt", "/keys/d.key", "/etc/bridge/ca.crt"), (pair.CertificateFile, pair.PrivateKeyFile, info.CaFile));
        Assert.Null(info.Secret);
    }

    [Theory]
    [InlineData("\"YOUR_DEVICE_SECRET\"")]
    [InlineData("\"\"")]
    [InlineData("null")]
    public void A_product_secret_serves_where_the_device_has_none_yet(string deviceSecret)
    {
        var info = Parse(Python.Replace("YOUR_PRODUCT_SECRET", "hzvf5LF9S0isvBhDSauWMaIk", StringComparison.Ordinal).Replace(
            "\"AAECAwQFBgcICQoLDA0ODw==\"", deviceSecret, StringComparison.Ordinal));
        Assert.Null(info.Credentials);
        Assert.NotNull(info.ProductSecret);
    }

    [Fact]
    public void A_device_with_a_secret_of_its_own_uses_that()
    {
        var info = Parse(Python.Replace("YOUR_PRODUCT_SECRET", "hzvf5LF9S0isvBhDSauWMaIk", StringComparison.Ordinal));
        Assert.NotNull(info.Secret);
        Assert.NotNull(info.ProductSecret);
    }

    [Theory]
    [InlineData("YOUR_PRODUCT_SECRET", "short", "productSecret", "16")]
    [InlineData("deviceSecret\": \"AAECAwQFBgcICQoLDA0ODw==", "deviceSecret\": \"YOUR_DEVICE_SECRET", "key_deviceinfo.deviceSecret",
        "YOUR_DEVICE_SECRET")]
    [InlineData("\"GWPROD0001\"", "\"YOUR_PRODUCT_ID\"", "productId", "YOUR_PRODUCT_ID")]
    [InlineData("\"test01\"", "\"\"", "deviceName", "empty")]
    [InlineData("\"test01\"", "17", "deviceName", "text")]
    [InlineData("\"subdev_num\": 2", "\"subdev_num\": 3", "subDev.subdev_list[2].sub_productId", "YOUR_SUB_PRODUCT_ID")]
    [InlineData("\"subdev_num\": 2", "\"subdev_num\": 4", "subDev.subdev_num", "4")]
    [InlineData("\"dev1\"", "\"test1\"", "subDev.subdev_list[1]", "twice")]
    [InlineData("\"KEY\"", "\"FACE\"", "auth_mode", "FACE")]
    public void A_mistake_is_named_with_its_file_and_field(string right, string wrong, string field, string hint)
    {
        var failure = Assert.Throws<DeviceInfoException>(() => Parse(Python.Replace(right, wrong, StringComparison.Ordinal)));
        Assert.Contains("device_info.json", failure.Message, StringComparison.Ordinal);
        Assert.Contains(failure.Problems, problem => problem.Contains(field, StringComparison.Ordinal)
            && problem.Contains(hint, StringComparison.Ordinal));
    }

    [Fact]
    public void All_mistakes_are_named_at_once()
    {
        var failure = Assert.Throws<DeviceInfoException>(() => Parse("""{"subDev":{"subdev_list":[{}]}}"""));
        Assert.Equal(
            ["productId: is missing", "deviceName: is missing", "key_deviceinfo: is missing",
                "subDev.subdev_list[0].sub_productId: is missing", "subDev.subdev_list[0].sub_devName: is missing"],
            failure.Problems);
    }

    [Fact]
    public void Malformed_json_is_named_with_line_and_column()
    {
        var failure = Assert.Throws<DeviceInfoException>(() => Parse("{\n  \"productId\": oops }"));
        Assert.Contains("line 2, column 16", Assert.Single(failure.Problems), StringComparison.Ordinal);
    }

    [Fact]
    public void A_secret_that_is_none_is_not_repeated()
    {
        var failure = Assert.Throws<DeviceInfoException>(
            () => Parse(Python.Replace("AAECAwQFBgcICQoLDA0ODw==", "not-quite-secret!", StringComparison.Ordinal)));
        Assert.DoesNotContain("quite", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_file_is_named() =>
        Assert.Contains("nowhere.json", Assert.Throws<DeviceInfoException>(() => DeviceInfoFile.Load("nowhere.json")).Message,
            StringComparison.Ordinal);

    [Fact]
    public void Whatever_the_bytes_are_there_is_one_kind_of_failure() =>
        Gen.Select(Gen.Int[0, Python.Length - 1], Gen.Byte).Sample((at, value) =>
    {
        byte[] bytes = Encoding.UTF8.GetBytes(Python);
        bytes[at] = value;
        try
        {
            DeviceInfoFile.Parse(bytes, "device_info.json");
        }
        catch (DeviceInfoException e)
        {
            Assert.NotEmpty(e.Problems);
        }
    });

    private static DeviceInfo Parse(string text) => DeviceInfoFile.Parse(Encoding.UTF8.GetBytes(text), "device_info.json");
}
