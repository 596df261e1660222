namespace BridgeFramework.Configuration.Tests;

public sealed class UplinkSettingsTests : IDisposable
{
    private readonly ConfigurationFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Everything_of_the_uplink_can_be_said()
    {
        var uplink = _folder.LoadValid(
            """
            { "uplink": { "maxBytes": 1099511627776, "maxDeviceBytes": 65536, "maxAge": "3650d", "commitInterval": "0s", "latency": "250ms", "liveShare": 10, "badInterval": "0s", "leaveFor": "7d" } }
            """,
            "uplink.storage=memory").Uplink;

        Assert.Equal(
            new UplinkSettings
            {
                MaxBytes = 1L << 40,
                MaxDeviceBytes = 1 << 16,
                MaxAge = TimeSpan.FromDays(3650),
                CommitInterval = TimeSpan.Zero,
                Latency = TimeSpan.FromMilliseconds(250),
                LiveShare = 10,
                BadInterval = TimeSpan.Zero,
                LeaveFor = TimeSpan.FromDays(7),
                Storage = UplinkStorage.Memory,
            },
            uplink);
    }

    [Fact]
    public void A_sub_device_has_the_format_of_its_product_and_gives_up_what_its_product_does()
    {
        var device = _folder.LoadValid("""
            { "products": { "P": { "whenFull": "dropNewest", "profile": { "format": "compact" } } },
              "channels": { "c": { "driver": "d", "devices": [ { "id": "P/d" } ] } } }
            """).Channels[0].Devices[0];

        Assert.Equal((FullPolicy.DropNewest, UplinkFormat.Compact), (device.WhenFull, device.Profile.Format));
    }

    [Fact]
    public void A_point_has_its_own_report_else_its_sub_devices_else_its_types()
    {
        var devices = _folder.LoadValid("""
            { "deviceTypes": { "m": { "driver": "d", "report": { "deadband": 2.5 }, "points": {
                "own": { "at": {}, "report": { "deadbandPercent": 1, "minInterval": "1s" } },
                "none": { "at": {}, "report": {} },
                "flag": { "at": {}, "type": "boolean" } } } },
              "channels": { "c": { "driver": "d", "devices": [
                { "id": "P/a", "type": "m", "points": { "own": { "report": { "maxInterval": "1h" } } } },
                { "id": "P/b", "type": "m", "report": { "onChange": true } } ] } } }
            """).Channels[0].Devices;

        Assert.Equal(
            [new ReportSettings { MaxInterval = TimeSpan.FromHours(1) }, null, new ReportSettings { Deadband = 2.5 }],
            devices[0].Points.Select(point => point.Report));
        Assert.Equal(
            [new ReportSettings { DeadbandPercent = 1, MinInterval = TimeSpan.FromSeconds(1) }, null,
                new ReportSettings { OnChange = true }],
            devices[1].Points.Select(point => point.Report));
    }

    [Theory]
    [InlineData("", false)]
    [InlineData("\"minInterval\": \"1s\"", false)]
    [InlineData("\"onChange\": true", true)]
    [InlineData("\"deadband\": 0", true)]
    [InlineData("\"deadbandPercent\": 5", true)]
    [InlineData("\"maxInterval\": \"1m\"", true)]
    public void What_tells_changes_apart_asks_for_changes_only(string report, bool changesOnly)
    {
        var device = _folder.LoadValid($$"""
            { "channels": { "c": { "driver": "d", "devices": [ { "id": "P/d", "points": { "x": { "at": {}, "report": { {{report}} } } } } ] } } }
            """).Channels[0].Devices[0];

        Assert.Equal(changesOnly, device.Points[0].Report?.ChangesOnly ?? false);
    }
}
