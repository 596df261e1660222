using BridgeFramework;

namespace Example.Puller;

/// <summary>Brings the driver <c>example-puller</c>.</summary>
public sealed class PullerPlugin : IBridgePlugin
{
    /// <inheritdoc/>
    public void Configure(IPluginBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.AddDriver<PullerDriver, PullerChannelSettings, PullerDeviceSettings, PullerPoint>(
            new DriverInfo
            {
                Name = "example-puller",
                Description = "Devices that pull their firmware over UDP, block by block, as slowly as they like.",
                Capabilities = DriverCapabilities.Firmware,
                ExclusiveSettings = ["address", "port"],
                UpdateConcurrency = 64,
                OffersFirmware = true,
            },
            PullerJson.Default.PullerChannelSettings, PullerJson.Default.PullerDeviceSettings, PullerJson.Default.PullerPoint);
    }
}
