using BridgeFramework;

namespace Example.Counter;

/// <summary>The entry point: the gateway looks for the one class that implements <see cref="IBridgePlugin"/>.</summary>
public sealed class CounterPlugin : IBridgePlugin
{
    /// <inheritdoc/>
    public void Configure(IPluginBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.AddDriver<CounterDriver, CounterChannelSettings, CounterDeviceSettings, CounterPoint>(
            new DriverInfo
            {
                Name = "counter",
                Description = "Pulse counters that are read and set by lines of text over TCP.",
                Capabilities = DriverCapabilities.Commands,
            },
            CounterJson.Default.CounterChannelSettings,
            CounterJson.Default.CounterDeviceSettings,
            CounterJson.Default.CounterPoint);
    }
}
