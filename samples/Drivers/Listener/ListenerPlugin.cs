using BridgeFramework;

namespace Example.Listener;

/// <summary>Brings the driver <c>example-listener</c>.</summary>
public sealed class ListenerPlugin : IBridgePlugin
{
    /// <inheritdoc/>
    public void Configure(IPluginBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.AddDriver<ListenerDriver, ListenerChannelSettings, ListenerDeviceSettings, ListenerPoint>(
            new DriverInfo
            {
                Name = "example-listener",
                Description = "Temperature tags that advertise over UDP and are never asked.",
                ExclusiveSettings = ["address", "port"],
            },
            ListenerJson.Default.ListenerChannelSettings, ListenerJson.Default.ListenerDeviceSettings, ListenerJson.Default.ListenerPoint);
    }
}
