using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using BridgeFramework.Disks;
using BridgeFramework.IotHub;

namespace BridgeFramework.Configuration.Tests;

/// <summary>What is wrong with the gateway's own identity is a mistake of the configuration like any other.</summary>
public sealed class GatewayIdentityTests : IDisposable
{
    private const string Key = """ "key_deviceinfo": { "deviceSecret": "AAECAwQFBgcICQoLDA0ODw==" } """;
    private readonly ConfigurationFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_plan_says_who_the_gateway_is_and_which_sub_devices_it_knows()
    {
        Write("device_info.json", $$"""
            { "productId": "GWPROD0001", "deviceName": "test01", {{Key}},
              "subDev": { "subdev_num": 1, "subdev_list": [ { "sub_productId": "SUBPROD001", "sub_devName": "test1" } ] } }
            """);

        var info = _folder.LoadValid("{}").DeviceInfo;

        Assert.Equal("GWPROD0001/test01", info.Gateway.ToString());
        Assert.Equal("SUBPROD001/test1", Assert.Single(info.SubDevices).Identity.ToString());
    }

    [Theory]
    [InlineData("garbage", "device_info.json:1:1: not valid JSON: 'g' is an invalid start of a value.")]
    [InlineData("{ \"productId\":\n  oops }", "device_info.json:2:3: not valid JSON: 'o' is an invalid start of a value.")]
    [InlineData(" ", "device_info.json: the file is empty: take the one of an official SDK.")]
    [InlineData("[]", "device_info.json:1:1: must be a JSON object.")]
    [InlineData(
        "{ \"productId\": \"P\",\n \"deviceName\": \"\", \"key_deviceinfo\": { \"deviceSecret\": \"not base64!\" } }",
        "device_info.json:2:16: deviceName: is empty.",
        "device_info.json:2:56: key_deviceinfo.deviceSecret: a device secret is base64 text as the console shows it, and this one is not.")]
    [InlineData(
        "{ \"productId\": \"P\", \"deviceName\": \"D\",\n \"key_deviceinfo\": {} }",
        "device_info.json:2:20: key_deviceinfo.deviceSecret: is missing.")]
    [InlineData(
        $$"""{ "productId": "P", "deviceName": "D", {{Key}}, "subDev": { "subdev_list": [ { "sub_productId": "P" } ] } }""",
        "device_info.json:1:137: subDev.subdev_list[0].sub_devName: is missing.")]
    public void Every_mistake_is_said_with_its_place(string deviceInfo, params string[] expected)
    {
        Write("device_info.json", deviceInfo);

        var result = _folder.Load("{}");

        Lines.AreEqual(expected, result.Mistakes.Select(m => m.ToString()));
        Assert.Null(result.Plan);
    }

    [Fact]
    public void They_are_said_together_with_those_of_the_configuration()
    {
        Write("device_info.json", "{}");

        Lines.AreEqual(
            [
                "bridge.json:1:20: hub.port: 0 is too small: expected 1 to 65535.",
                "device_info.json:1:1: productId: is missing.",
                "device_info.json:1:1: deviceName: is missing.",
                "device_info.json:1:1: key_deviceinfo: is missing.",
            ],
            _folder.Load("""{ "hub": { "port": 0 } }""").Mistakes.Select(m => m.ToString()));
    }

    [Theory]
    [InlineData("deviceInfo", "hub.deviceInfo: the file cannot be read: ")]
    [InlineData("caFile", "hub.caFile: ")]
    public void A_file_that_is_none_is_never_waited_for(string key, string place)
    {
        if (!OperatingSystem.IsLinux()) return;
        OddEntries.MakeFifo(_folder.In("fifo"));

        foreach (var (name, what) in new[] { ("fifo", "a FIFO, a socket or a device"), ("secrets", "a folder") })
            Lines.AreEqual(
                [$"bridge.json:1:{16 + key.Length}: {place}'{_folder.In(name)}' is {what}, and a regular file is expected."],
                _folder.Load($$"""{ "hub": { "{{key}}": "{{name}}" } }""").Mistakes.Select(m => m.ToString()));
    }

    [Fact]
    public void A_secret_or_the_certificate_of_a_sub_device_that_is_no_file_is_never_waited_for()
    {
        if (!OperatingSystem.IsLinux()) return;
        OddEntries.MakeFifo(_folder.In("fifo"));
        Write("empty", "");

        foreach (string given in (string[])["\"secret\": \"file:fifo\"", "\"certificate\": \"fifo\"", "\"certificate\": \"secrets\"",
            "\"certificate\": \"empty\""])
        {
            var result = _folder.Load($$"""
                { "channels": { "c": { "driver": "d", "devices": [ { "id": "P/d", {{given}} } ] } } }
                """);
            Assert.Contains(
                given.Contains("empty", StringComparison.Ordinal) ? "is empty" : "a regular file is expected",
                Assert.Single(result.Mistakes).Message,
                StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_configuration_that_is_no_file_is_never_waited_for()
    {
        if (!OperatingSystem.IsLinux()) return;
        OddEntries.MakeFifo(_folder.In("bridge.json"));

        Assert.Contains(
            "a regular file is expected", Assert.Single(ConfigurationLoader.Load(_folder.Path).Mistakes).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_the_samples_bring_unfilled_is_a_note_and_starts()
    {
        Write("device_info.json", $$"""
            { "auth_mode": "KEY", "productId": "P", "productSecret": "YOUR_PRODUCT_SECRET", "deviceName": "D", {{Key}},
              "cert_deviceinfo": { "devCaFile": "YOUR_CA_FILE_NAME", "devCertFile": "YOUR_DEVICE_CERT_FILE_NAME", "devPrivateKeyFile": "" },
              "subDev": { "subdev_num": 2, "subdev_list": [ { "sub_productId": "", "sub_devName": "" }, { "sub_productId": "", "sub_devName": "" } ] },
              "region": "china" }
            """);

        var result = _folder.Load("{}");

        Lines.AreEqual(
            ["device_info.json:3:13: warning: subDev: 2 sub-devices are not filled in (empty, or a placeholder), and ignored: put product "
                + "id and device name there, or remove it."],
            result.Mistakes.Select(m => m.ToString()));
        Assert.Null(result.Plan?.Hub.CaFile);
        Assert.NotNull(result.Plan);
    }

    [Theory]
    [InlineData(
        "{}",
        "device_info.json:2:12: warning: region: the host of the region \"atlantis\" is not known here, and the mainland's is used: set "
            + "'hub.host' to the one that the console shows.")]
    [InlineData("""{ "hub": { "host": "h" } }""")]
    public void A_region_without_a_known_host_is_a_note_unless_the_host_is_given(string json, params string[] expected)
    {
        Write("device_info.json", $$"""
            { "productId": "P", "deviceName": "D", {{Key}},
             "region": "atlantis" }
            """);

        Lines.AreEqual(expected, _folder.Load(json).Mistakes.Select(m => m.ToString()));
    }

    [Fact]
    public void The_root_certificates_of_the_sdks_file_serve_where_the_hub_section_names_none()
    {
        WriteAuthority("own.pem");
        WriteAuthority("other.pem");
        Write(
            "device_info.json",
            $$"""{ "productId": "P", "deviceName": "D", {{Key}}, "cert_deviceinfo": { "devCaFile": "own.pem" } }""");

        Assert.Equal(_folder.In("own.pem"), _folder.LoadValid("{}").Hub.CaFile);
        Assert.Equal(_folder.In("other.pem"), _folder.LoadValid("""{ "hub": { "caFile": "other.pem" } }""").Hub.CaFile);
    }

    [Fact]
    public void Root_certificates_that_are_none_are_a_mistake_where_they_are_used()
    {
        Write(
            "device_info.json",
            $$"""{ "productId": "P", "deviceName": "D", {{Key}}, "cert_deviceinfo": { "devCaFile": "garbage.pem" } }""");
        Write("garbage.pem", "garbage");
        string none = $"'{_folder.In("garbage.pem")}' holds no certificate in PEM form (-----BEGIN CERTIFICATE-----).";

        Lines.AreEqual(
            ["device_info.json:1:142: cert_deviceinfo.devCaFile: " + none], _folder.Load("{}").Mistakes.Select(m => m.ToString()));
        Lines.AreEqual(
            ["bridge.json:1:22: hub.caFile: " + none],
            _folder.Load("""{ "hub": { "caFile": "garbage.pem" } }""").Mistakes.Select(m => m.ToString()));
        _folder.LoadValid("""{ "hub": { "host": "127.0.0.1", "tls": false } }""");
        _folder.LoadValid("""{ "hub": { "host": "127.0.0.1", "tls": false, "caFile": "garbage.pem" } }""");
    }

    [Fact]
    public void A_certificate_device_needs_tls()
    {
        WriteDevice("device");
        Write("device_info.json", """
            { "auth_mode": "CERT", "productId": "P", "deviceName": "D",
              "cert_deviceinfo": { "devCertFile": "device.crt", "devPrivateKeyFile": "device.key" } }
            """);

        Assert.IsType<CertificateCredentials>(_folder.LoadValid("{}").DeviceInfo.Credentials);
        Lines.AreEqual(
            ["bridge.json:1:19: hub.tls: the gateway's device_info.json has 'auth_mode' CERT, and a certificate is shown over TLS only: "
                + "set 'tls' to true, or 'auth_mode' to KEY."],
            _folder.Load("""{ "hub": { "tls": false } }""").Mistakes.Select(m => m.ToString()));
    }

    [Fact]
    public void A_key_of_another_certificate_is_a_mistake()
    {
        WriteDevice("device");
        WriteDevice("other");
        Write("device_info.json", """
            { "auth_mode": "CERT", "productId": "P", "deviceName": "D",
              "cert_deviceinfo": { "devCertFile": "device.crt", "devPrivateKeyFile": "other.key" } }
            """);

        Lines.AreEqual(
            [$"device_info.json:2:74: cert_deviceinfo.devPrivateKeyFile: '{_folder.In("other.key")}' is not the key of the certificate "
                + $"'{_folder.In("device.crt")}': take both from one device in the console."],
            _folder.Load("{}").Mistakes.Select(m => m.ToString()));
    }

    [Fact]
    public void A_private_key_that_others_can_read_is_a_warning()
    {
        if (OperatingSystem.IsWindows()) return;
        WriteDevice("device");
        Write("device_info.json", """
            { "auth_mode": "CERT", "productId": "P", "deviceName": "D",
              "cert_deviceinfo": { "devCertFile": "device.crt", "devPrivateKeyFile": "device.key" } }
            """);
        File.SetUnixFileMode(_folder.In("device.key"), UnixFileMode.UserRead | UnixFileMode.GroupRead);

        Lines.AreEqual(
            ["device_info.json:2:74: warning: cert_deviceinfo.devPrivateKeyFile: other users can read or change the private key: "
                + $"chmod 600 {_folder.In("device.key")}."],
            _folder.Load("{}").Mistakes.Select(m => m.ToString()));
    }

    private void Write(string name, string text) => File.WriteAllText(_folder.In(name), text);

    private void WriteAuthority(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = SelfSigned(key);
        Write(name, certificate.ExportCertificatePem());
    }

    private void WriteDevice(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = SelfSigned(key);
        Write(name + ".crt", certificate.ExportCertificatePem());
        Write(name + ".key", key.ExportPkcs8PrivateKeyPem());
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(_folder.In(name + ".key"), UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    private static X509Certificate2 SelfSigned(ECDsa key) => new CertificateRequest("CN=test", key, HashAlgorithmName.SHA256)
        .CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(100));
}
