namespace BridgeFramework.Configuration.Tests;

public sealed class FirmwareSettingsTests : IDisposable
{
    private readonly ConfigurationFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Everything_of_the_images_can_be_said()
    {
        var firmware = _folder.LoadValid(
            """
            { "firmware": { "maxBytes": 1048576, "reserve": 0, "downloadRate": 1073741824, "downloads": 16, "updates": 1000, "deadline": "30d",
                            "offerLifetime": "90d", "gatewayCommand": [ "/usr/bin/install-gateway", "--image", "{image}" ],
                            "hosts": [ "files.example.com", "*.myqcloud.com", "10.0.0.1", "fd00::1" ],
                            "gateway": { "holdForApproval": true, "window": "02:00-04:30", "allowDowngrade": true } } }
            """,
            "firmware.reserve=1024").Firmware;

        Assert.Equal(["/usr/bin/install-gateway", "--image", "{image}"], firmware.GatewayCommand);
        Assert.Equal(["files.example.com", "*.myqcloud.com", "10.0.0.1", "fd00::1"], firmware.Hosts);
        Assert.Equal(
            new FirmwareSettings
            {
                MaxBytes = 1 << 20,
                Reserve = 1024,
                DownloadRate = 1 << 30,
                Downloads = 16,
                Updates = 1000,
                Deadline = TimeSpan.FromDays(30),
                OfferLifetime = TimeSpan.FromDays(90),
                Hosts = firmware.Hosts,
                GatewayCommand = firmware.GatewayCommand,
                Gateway = new UpdatePolicy
                {
                    HoldForApproval = true,
                    Window = new MaintenanceWindow(new TimeOnly(2, 0), new TimeOnly(4, 30)),
                    AllowDowngrade = true,
                },
            },
            firmware);
    }

    [Fact]
    public void A_sub_device_has_the_firmware_settings_of_its_product()
    {
        var devices = _folder.LoadValid("""
            { "products": { "P": { "firmware": { "holdForApproval": true, "window": "23:00-01:30", "allowDowngrade": true } } },
              "channels": { "c": { "driver": "d", "devices": [ { "id": "P/d" }, { "id": "Q/d" } ] } } }
            """).Channels[0].Devices;

        Assert.Equal(
            new UpdatePolicy
            {
                HoldForApproval = true,
                Window = new MaintenanceWindow(new TimeOnly(23, 0), new TimeOnly(1, 30)),
                AllowDowngrade = true,
            },
            devices[0].Firmware);
        Assert.Equal(new UpdatePolicy(), devices[1].Firmware);
    }

    [Theory]
    [InlineData("02:00-02:00", "bridge.json:1:48: products.P.firmware.window: \"02:00-02:00\" begins when it ends: expected two "
        + "different times; leave it out for at any time.")]
    [InlineData("2-4", "bridge.json:1:48: products.P.firmware.window: \"2-4\" is not of the expected form: expected two different times "
        + "of day, such as \"02:00-04:30\".")]
    [InlineData("02:00-24:00", "bridge.json:1:48: products.P.firmware.window: \"02:00-24:00\" is not of the expected form: expected two "
        + "different times of day, such as \"02:00-04:30\".")]
    [InlineData("", "bridge.json:1:48: products.P.firmware.window: \"\" is not of the expected form: expected two different times of "
        + "day, such as \"02:00-04:30\".")]
    public void A_window_that_is_none_is_one_mistake(string window, string mistake) =>
        Lines.AreEqual([mistake], Mistakes($$"""{ "products": { "P": { "firmware": { "window": "{{window}}" } } } }"""));

    [Theory]
    [InlineData("\"deadline\": \"10s\"", "bridge.json:1:29: firmware.deadline: \"10s\" is too short: expected 1m to 30d.")]
    [InlineData("\"offerLifetime\": \"91d\"", "bridge.json:1:34: firmware.offerLifetime: \"91d\" is too long: expected 1m to 90d.")]
    [InlineData("\"maxBytes\": 1000", "bridge.json:1:29: firmware.maxBytes: 1000 is too small: expected 1048576 to 1099511627776.")]
    [InlineData("\"downloads\": 17", "bridge.json:1:30: firmware.downloads: 17 is too large: expected 1 to 16.")]
    [InlineData("\"updates\": 0", "bridge.json:1:28: firmware.updates: 0 is too small: expected 1 to 1000.")]
    [InlineData("\"gatewayCommand\": \"/usr/bin/install\"",
        "bridge.json:1:35: firmware.gatewayCommand: \"/usr/bin/install\" is text: expected a list in brackets.")]
    [InlineData("\"gatewayCommand\": [ \"\" ]",
        "bridge.json:1:37: firmware.gatewayCommand[0]: this is empty: expected text of 1 to 1024 characters.")]
    [InlineData("\"window\": \"02:00-04:00\"", "bridge.json:1:17: firmware.window: this key is not known: expected one of maxBytes, "
        + "reserve, downloadRate, downloads, updates, deadline, offerLifetime, hosts, gatewayCommand, gateway.")]
    [InlineData("\"hosts\": [ \"files:8080\" ]", "bridge.json:1:28: firmware.hosts[0]: \"files:8080\" is not of the expected form: "
        + "expected the name of a host without a port, such as \"files.example.com\" or \"*.example.com\", or an address.")]
    [InlineData("\"gatewayCommand\": [ \"x\" ], \"gateway\": { \"window\": \"02:00-02:00\" }", "bridge.json:1:67: firmware.gateway.window: "
        + "\"02:00-02:00\" begins when it ends: expected two different times; leave it out for at any time.")]
    [InlineData("\"gateway\": { \"holdForApproval\": true }", "bridge.json:1:28: warning: firmware.gateway: this does nothing, as no "
        + "'gatewayCommand' updates the gateway.")]
    public void A_bad_value_is_one_mistake_with_its_place(string setting, string mistake) =>
        Lines.AreEqual([mistake], Mistakes($$"""{ "firmware": { {{setting}} } }"""));

    private IEnumerable<string> Mistakes(string json) => _folder.Load(json).Mistakes.Select(mistake => mistake.ToString());
}
