using BridgeFramework.IotHub;

namespace BridgeFramework.Configuration;

/// <summary>What a gateway is to be: its hub, its folders, its products and its channels. Immutable, valid, all paths absolute.</summary>
/// <remarks>Read from <c>bridge.json</c> and <c>device_info.json</c> by the configuration loader, or built in code by a program that
/// hosts the gateway itself.</remarks>
public sealed record GatewayPlan
{
    /// <summary>Where the hub is and who the gateway is there.</summary>
    public required HubSettings Hub { get; init; }

    /// <summary>What <c>device_info.json</c> said of the gateway when the configuration was loaded. Its secret may be changed in the file
    /// later: whoever connects reads it anew.</summary>
    public required DeviceInfo DeviceInfo { get; init; }

    /// <summary>Where plugins are found.</summary>
    public required PluginSettings Plugins { get; init; }

    /// <summary>Where the gateway keeps what must survive a restart.</summary>
    public required DataSettings Data { get; init; }

    /// <summary>When the gateway takes over what is in its files while it runs; default when somebody says so.</summary>
    public ReloadPolicy Reload { get; init; }

    /// <summary>How values wait for the hub.</summary>
    public UplinkSettings Uplink { get; init; } = new();

    /// <summary>How firmware images are fetched, kept and handed over.</summary>
    public FirmwareSettings Firmware { get; init; } = new();

    /// <summary>What is known of each product, by product id. A product that is not here has the defaults of
    /// <see cref="ProductSettings"/>.</summary>
    public IReadOnlyDictionary<string, ProductSettings> Products { get; init; } = new Dictionary<string, ProductSettings>(
        StringComparer.Ordinal);

    /// <summary>The channels, in the order of the file.</summary>
    public IReadOnlyList<ChannelPlan> Channels { get; init; } = [];

    /// <summary>The sub-devices of all channels, in the order of the file.</summary>
    public IEnumerable<SubDevicePlan> SubDevices => Channels.SelectMany(channel => channel.Devices);
}
