using BridgeFramework;

namespace Example.Joiner;

/// <summary>Brings the driver <c>example-joiner</c>.</summary>
public sealed class JoinerPlugin : IBridgePlugin
{
    /// <inheritdoc/>
    public void Configure(IPluginBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.AddDriver<JoinerDriver, JoinerChannelSettings, JoinerDeviceSettings, JoinerPoint>(
            new DriverInfo
            {
                Name = "example-joiner",
                Description = "A network over UDP that devices join; they bring their own points and sleep most of the time.",
                Capabilities = DriverCapabilities.Commands | DriverCapabilities.LiveDevices | DriverCapabilities.Pairing,
                ExclusiveSettings = ["address", "port"],
            },
            JoinerJson.Default.JoinerChannelSettings, JoinerJson.Default.JoinerDeviceSettings, JoinerJson.Default.JoinerPoint);
    }
}
