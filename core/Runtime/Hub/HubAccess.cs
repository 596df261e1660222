using BridgeFramework.Configuration;
using BridgeFramework.IotHub;

namespace BridgeFramework.Runtime;

/// <summary>How the gateway of a configuration reaches its hub: the identity of its <c>device_info.json</c>,
/// the address of its settings.</summary>
public static class HubAccess
{
    /// <summary>Makes the options of the hub session.</summary>
    /// <param name="configuration">What the gateway is told.</param>
    /// <returns>Options whose credentials are read from the file anew before every attempt, so that a rotated secret heals by itself. A
    /// gateway that has none yet is registered with the secret of its product, once.</returns>
    public static HubSessionOptions OptionsOf(GatewayPlan configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        var hub = configuration.Hub;
        var gateway = configuration.DeviceInfo.Gateway;
        // A box without a clock battery starts in 1970: what the hub last told it is the least it can be.
        string clockFloorFile = Path.Combine(configuration.Data.Folder, "clock");
        var endpoint = EndpointOf(configuration);
        return new HubSessionOptions
        {
            Gateway = gateway,
            Credentials = new GatewayCredentials
            {
                File = hub.DeviceInfoFile,
                Gateway = gateway,
                Planned = configuration.DeviceInfo.Credentials,
                PlannedProduct = configuration.DeviceInfo.ProductSecret,
                Registration = RegistrationOf(configuration),
                ClockFloorFile = clockFloorFile,
            }.ReadAsync,
            Endpoint = endpoint,
            KeepAlive = hub.KeepAlive,
            Pace = PaceOf(hub, endpoint),
            ClockFloorFile = clockFloorFile,
        };
    }

    /// <summary>How devices without a secret of their own are registered.</summary>
    internal static Registration RegistrationOf(GatewayPlan configuration) =>
        new(Path.Combine(configuration.Data.Folder, "secrets"), configuration.Hub.RegistrationUrl, EndpointOf(configuration));

    private static HubEndpoint EndpointOf(GatewayPlan configuration)
    {
        var hub = configuration.Hub;
        string product = configuration.DeviceInfo.Gateway.ProductId;
        var cloud = HubEndpoint.CloudOf(product, configuration.DeviceInfo.Region) ?? HubEndpoint.CloudOf(product);
        return new HubEndpoint
        {
            Host = hub.Host ?? cloud.Host,
            Port = hub.EffectivePort,
            Tls = hub.Tls,
            CaFile = hub.CaFile,
            VerifyHostName = hub.VerifyHostName,
        };
    }

    /// <summary>Null where there is no limit of the hub's own.</summary>
    private static PublishPace? PaceOf(HubSettings hub, HubEndpoint endpoint) => hub.PublishRate switch
    {
        null => endpoint.IsCloud ? PublishPace.Cloud with { Burst = hub.PublishBurst } : null,
        0 => PublishPace.Unlimited,
        { } rate => new PublishPace(rate, hub.PublishBurst),
    };
}
