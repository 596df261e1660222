namespace BridgeFramework.Configuration.Tests;

public sealed class ExampleTests : IDisposable
{
    private readonly ConfigurationFolder _folder = new();

    public ExampleTests() => _folder.WriteSecret("test1", "device-secret\n");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_documented_example_loads_as_it_is_written()
    {
        var configuration = _folder.LoadValid(ConfigurationFolder.Example);

        Assert.Equal(
            new HubSettings { DeviceInfoFile = _folder.In("device_info.json"), Host = "127.0.0.1", Port = 1883, Tls = false },
            configuration.Hub);
        Assert.Equal(_folder.In("plugins"), configuration.Plugins.Folder);
        Assert.Equal(_folder.In("data"), configuration.Data.Folder);
        var line = Assert.Single(configuration.Channels);
        Assert.Equal(("line1", "modbus"), (line.Name, line.Driver));
        Assert.Equal("""{"transport":"tcp","host":"127.0.0.1","port":1502}""", line.Settings.GetRawText());
        Lines.AreEqual(
            ["SUBPROD001/test1 {\"unitId\":1}", "SUBPROD001/m02 {\"unitId\":2}", "SUBPROD001/m03 {\"unitId\":3}",
                "SUBPROD002/odd1 {\"unitId\":9}"],
            line.Devices.Select(d => $"{d.Id} {d.Settings.GetRawText()}"));
        Assert.Equal("device-secret", line.Devices[0].Secret?.Reveal());
    }

    [Fact]
    public void A_sub_device_has_the_points_of_its_products_device_type()
    {
        var device = _folder.LoadValid(ConfigurationFolder.Example).Channels[0].Devices[1];

        Assert.Equal("meter", device.DeviceType);
        Lines.AreEqual(["voltage", "energy", "setpoint"], device.Points.Select(p => p.Name));
        Lines.AreEqual(["V", "kWh", null], device.Points.Select(p => p.Unit));
        Assert.Equal([1.0, 10.0, 1.0], device.Points.Select(p => p.Interval.TotalSeconds));
        Assert.Equal([PointAccess.Read, PointAccess.Read, PointAccess.ReadWrite], device.Points.Select(p => p.Access));
        Assert.Equal("""{"table":"holding","address":10,"type":"int16","scale":0.1}""", device.Points[2].At.GetRawText());
    }

    [Fact]
    public void A_sub_devices_own_points_and_settings_win_over_its_types()
    {
        var device = _folder.LoadValid("""
            {
              "deviceTypes": { "meter": { "driver": "d", "interval": "5s", "settings": { "a": 1, "b": { "x": 1 } },
                "points": { "p": { "at": { "n": 1, "scale": 2 }, "unit": "V" }, "q": { "at": { "n": 2 } } } } },
              "channels": { "c": { "driver": "d", "devices": [
                { "id": "P/d", "type": "meter", "interval": "7s", "settings": { "b": { "y": 2 } },
                  "points": { "p": { "at": { "n": 9 } }, "r": { "at": {}, "type": "unsignedInteger", "interval": "10ms" } } } ] } }
            }
            """).Channels[0].Devices[0];

        Assert.Equal("""{"a":1,"b":{"y":2}}""", device.Settings.GetRawText());
        Lines.AreEqual(
            ["p {\"n\":9} V 7s", "q {\"n\":2}  7s", "r {}  10ms"],
            device.Points.Select(p => $"{p.Name} {p.At.GetRawText()} {p.Unit} {DurationJsonConverter.Format(p.Interval)}"));
        Assert.Equal(VariantKind.UnsignedInteger, device.Points[2].Type);
    }

    [Fact]
    public void An_empty_object_is_the_public_cloud_with_the_default_folders()
    {
        var hub = _folder.LoadValid("{}").Hub;

        Assert.Equal(new HubSettings { DeviceInfoFile = _folder.In("device_info.json"), Tls = true }, hub);
        Assert.Equal((true, 8883), (hub.Tls, hub.EffectivePort));
    }

    [Fact]
    public void A_byte_order_mark_comments_trailing_commas_and_a_schema_are_allowed()
    {
        Assert.Equal(1, _folder.LoadValid("\uFEFF{ \"$schema\": \"x\", /* c */ \"hub\": { \"port\": 1, }, // d\n }").Hub.Port);
    }
}
