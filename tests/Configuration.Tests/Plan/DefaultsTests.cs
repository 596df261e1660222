using System.Text.Json;

namespace BridgeFramework.Configuration.Tests;

/// <summary>A default stands in the schema and in the record: a gateway whose plan is built in code runs as
/// one that has read a file.</summary>
public sealed class DefaultsTests : IDisposable
{
    private readonly ConfigurationFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void What_nobody_writes_is_what_the_records_say()
    {
        var plan = _folder.LoadValid("""
            { "products": { "P": {}, "Q": { "firmware": {}, "profile": {} } },
              "channels": { "c": { "driver": "d", "devices": [
                { "id": "P/d", "points": { "x": { "at": {} } } }, { "id": "Q/d" }, { "id": "R/d" } ] } } }
            """);

        Assert.Equal(new HubSettings { DeviceInfoFile = plan.Hub.DeviceInfoFile }, plan.Hub);
        Assert.Equal(new PluginSettings { Folder = plan.Plugins.Folder }, plan.Plugins);
        Assert.Equal(new UplinkSettings(), plan.Uplink);
        Assert.Equal(default, plan.Reload);
        Assert.Empty(plan.Firmware.GatewayCommand);
        Assert.Empty(plan.Firmware.Hosts);
        Assert.Equal(
            new FirmwareSettings { GatewayCommand = plan.Firmware.GatewayCommand, Hosts = plan.Firmware.Hosts }, plan.Firmware);
        Assert.All(plan.Products.Values, product => Assert.Equal(new ProductSettings(), product));
        Assert.All(plan.Channels[0].Devices, device => Assert.Equal(
            new SubDevicePlan { Id = device.Id, Settings = device.Settings, Points = device.Points }, device));
        var point = plan.Channels[0].Devices[0].Points[0];
        Assert.Equal(new PointPlan { Name = "x", At = point.At }, point);
    }

    /// <summary>A default that a new key brings is compared, or it is not one of the records': then it is named here.</summary>
    [Fact]
    public void Every_default_of_the_schema_is_one_of_the_records()
    {
        string[] onlyInTheFile = ["hub.deviceInfo", "plugins.folder", "data.folder"];
        var sections = new Dictionary<string, Type>(StringComparer.Ordinal)
        {
            ["hub"] = typeof(HubSettings),
            ["plugins"] = typeof(PluginSettings),
            ["data"] = typeof(DataSettings),
            ["uplink"] = typeof(UplinkSettings),
            ["firmware"] = typeof(FirmwareSettings),
        };

        var unknown =
            from section in sections
            let schema = GatewaySchema.Root.Property(section.Key)!.Value.Resolved()   // ! a missing one fails the test as well
            from key in schema.PropertyNames
            where schema.Property(key)?.Resolved().Default is not null
            where !onlyInTheFile.Contains($"{section.Key}.{key}", StringComparer.Ordinal)
            where !section.Value.GetProperties().Any(
                property => JsonNamingPolicy.CamelCase.ConvertName(property.Name).Equals(key, StringComparison.Ordinal))
            select $"{section.Key}.{key}";

        Assert.Empty(unknown);
    }
}
