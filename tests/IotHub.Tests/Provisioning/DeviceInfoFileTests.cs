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

    private const string Gateway =
        """{ "productId": "GWPROD0001", "deviceName": "test01", "key_deviceinfo": { "deviceSecret": "AAECAwQFBgcICQoLDA0ODw==" } }""";

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
    [InlineData("\"short\"")]
    [InlineData("\"\"")]
    [InlineData("17")]
    public void A_product_secret_that_nothing_needs_may_be_anything(string productSecret)
    {
        var info = Parse(Python.Replace("\"YOUR_PRODUCT_SECRET\"", productSecret, StringComparison.Ordinal));
        Assert.NotNull(info.Secret);
        Assert.Null(info.ProductSecret);
    }

    [Fact]
    public void A_product_secret_that_is_needed_is_judged()
    {
        var failure = Assert.Throws<DeviceInfoException>(() => Parse(Python
            .Replace("YOUR_PRODUCT_SECRET", "short", StringComparison.Ordinal)
            .Replace("AAECAwQFBgcICQoLDA0ODw==", "YOUR_DEVICE_SECRET", StringComparison.Ordinal)));
        var problem = Assert.Single(failure.Problems);
        Assert.Equal("productSecret", problem.Field);
        Assert.Contains("16", problem.Message, StringComparison.Ordinal);
    }

    /// <summary>Three of Python's own, as shipped; and one of the C SDK's.</summary>
    [Theory]
    [InlineData(
        """{ "subdev_num": 3, "subdev_list": [ {"sub_productId": "", "sub_devName": ""}, {"sub_productId": "YOUR_SUB", "sub_devName": "YOUR_SUB"}, {"sub_productId": "P", "sub_devName": ""} ] }""",
        "subDev: 3 sub-devices are not filled in")]
    [InlineData("""{ "sub_productId": "YOUR_SUB_PRODUCT_ID", "sub_devName": "YOUR_SUB_DEVICE_NAME" }""", "subDev: 1 sub-device is not filled in")]
    public void Sub_devices_that_nobody_has_filled_in_are_ignored_with_one_note(string subDevices, string note)
    {
        var info = Parse(Gateway[..^1] + $$""", "subDev": {{subDevices}} }""");
        Assert.Empty(info.SubDevices);
        Assert.StartsWith(note, Assert.Single(info.Notes).ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"ca.crt\"", "/etc/bridge/ca.crt")]
    [InlineData("\"YOUR_CA_FILE_NAME\"", null)]
    [InlineData("\"\"", null)]
    [InlineData("17", null)]
    public void The_root_certificates_count_for_a_key_device_too_where_the_field_is_filled_in(string file, string? expected)
    {
        string text = Gateway[..^1] + $$""", "cert_deviceinfo": { "devCaFile": {{file}} } }""";
        Assert.Equal(expected, DeviceInfoFile.Parse(Encoding.UTF8.GetBytes(text), "/etc/bridge/device_info.json").CaFile);
    }

    [Theory]
    [InlineData("\"china\"", "GWPROD0001.iotcloud.tencentdevices.com")]
    [InlineData("\"\"", "GWPROD0001.iotcloud.tencentdevices.com")]
    [InlineData("\"us-east\"", "GWPROD0001.us-east.iotcloud.tencentdevices.com")]
    [InlineData("\"atlantis\"", null)]
    public void The_region_names_the_cloud_where_its_host_is_known(string region, string? host)
    {
        var info = Parse(Gateway[..^1] + $$""", "region": {{region}} }""");
        var endpoint = HubEndpoint.CloudOf(info.Gateway.ProductId, info.Region);
        Assert.Equal(host, endpoint?.Host);
        Assert.NotEqual(false, endpoint?.IsCloud);
    }

    [Fact]
    public void A_loaded_certificate_device_has_its_files_looked_into()
    {
        using var folder = new PemFolder();
        Assert.IsType<CertificateCredentials>(DeviceInfoFile.Load(folder.DeviceInfo(PemFolder.Certificate, PemFolder.Key)).Credentials);
    }

    [Theory]
    [InlineData("nowhere", "device.key", "devCertFile", "No such file")]
    [InlineData(".", "device.key", "devCertFile", "is a folder")]
    [InlineData("device.key", "device.key", "devCertFile", "holds no certificate in PEM form")]
    [InlineData("device.crt", "nowhere", "devPrivateKeyFile", "No such file")]
    [InlineData("device.crt", "device.crt", "devPrivateKeyFile", "holds no private key in PEM form")]
    [InlineData("device.crt", "locked.key", "devPrivateKeyFile", "is encrypted")]
    [InlineData("device.crt", "other.key", "devPrivateKeyFile", "is not the key of the certificate")]
    public void A_certificate_and_key_that_do_not_serve_are_named(string certificate, string key, string field, string hint)
    {
        using var folder = new PemFolder();
        var failure = Assert.Throws<DeviceInfoException>(() => DeviceInfoFile.Load(folder.DeviceInfo(certificate, key)));
        var problem = Assert.Single(failure.Problems);
        Assert.Equal("cert_deviceinfo." + field, problem.Field);
        Assert.Contains(hint, problem.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("deviceSecret\": \"AAECAwQFBgcICQoLDA0ODw==", "deviceSecret\": \"YOUR_DEVICE_SECRET", "key_deviceinfo.deviceSecret",
        "YOUR_DEVICE_SECRET")]
    [InlineData("\"GWPROD0001\"", "\"YOUR_PRODUCT_ID\"", "productId", "YOUR_PRODUCT_ID")]
    [InlineData("\"test01\"", "\"\"", "deviceName", "empty")]
    [InlineData("\"test01\"", "17", "deviceName", "text")]
    [InlineData("\"subdev_num\": 2", "\"subdev_num\": 4", "subDev.subdev_num", "4")]
    [InlineData("\"dev1\"", "\"test1\"", "subDev.subdev_list[1]", "twice")]
    [InlineData("\"KEY\"", "\"FACE\"", "auth_mode", "FACE")]
    public void A_mistake_is_named_with_its_file_and_field(string right, string wrong, string field, string hint)
    {
        var failure = Assert.Throws<DeviceInfoException>(() => Parse(Python.Replace(right, wrong, StringComparison.Ordinal)));
        Assert.Contains("device_info.json", failure.Message, StringComparison.Ordinal);
        Assert.Contains(failure.Problems, problem => problem.Field.Contains(field, StringComparison.Ordinal)
            && problem.ToString().Contains(hint, StringComparison.Ordinal));
    }

    [Fact]
    public void All_mistakes_are_named_at_once()
    {
        var failure = Assert.Throws<DeviceInfoException>(() => Parse("""{"subDev":{"subdev_list":[{}]}}"""));
        Assert.Equal(
            ["productId: is missing", "deviceName: is missing", "key_deviceinfo: is missing",
                "subDev.subdev_list[0].sub_productId: is missing", "subDev.subdev_list[0].sub_devName: is missing"],
            failure.Problems.Select(problem => problem.ToString()),
            StringComparer.Ordinal);
    }

    [Fact]
    public void A_doubled_key_is_named()
    {
        var failure = Assert.Throws<DeviceInfoException>(() => Parse("""
            { "productId": "GWPROD0001", "deviceName": "test01", "deviceName": "test02", "key_deviceinfo": { "deviceSecret": "AAECAwQFBgcICQoLDA0ODw==" } }
            """));

        Assert.Contains("'deviceName'", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Malformed_json_is_named_with_line_and_column()
    {
        var failure = Assert.Throws<DeviceInfoException>(() => Parse("{\n  \"productId\": oops }"));
        Assert.Contains("line 2, column 16", Assert.Single(failure.Problems).ToString(), StringComparison.Ordinal);
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

    [Theory]
    [InlineData("")]
    [InlineData(" \n")]
    public void An_empty_file_is_said_to_be_empty(string text)
    {
        var failure = Assert.Throws<DeviceInfoException>(() => Parse(text));
        Assert.StartsWith("the file is empty", Assert.Single(failure.Problems).Message, StringComparison.Ordinal);
    }

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
