using BridgeFramework;

namespace Example.Bus;

/// <summary>Brings the driver <c>example-bus</c>.</summary>
public sealed class BusPlugin : IBridgePlugin
{
    /// <inheritdoc/>
    public void Configure(IPluginBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.AddDriver<BusDriver, BusChannelSettings, BusDeviceSettings, BusPoint>(
            new DriverInfo
            {
                Name = "example-bus",
                Description = "Units of a bus behind one TCP coupler, asked in lines of text, one at a time.",
                Capabilities = DriverCapabilities.Commands,
                ExclusiveSettings = ["host", "port"],
            },
            BusJson.Default.BusChannelSettings, BusJson.Default.BusDeviceSettings, BusJson.Default.BusPoint);
    }
}
