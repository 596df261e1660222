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
        var registrar = RegistrarOf(configuration, TimeProvider.System, clockFloorFile);
        var endpoint = EndpointOf(configuration);
        return new HubSessionOptions
        {
            Gateway = gateway,
            Credentials = cancellationToken => CredentialsAsync(hub.DeviceInfoFile, gateway, registrar, cancellationToken),
            Endpoint = endpoint,
            KeepAlive = hub.KeepAlive,
            Pace = PaceOf(hub, endpoint),
            ClockFloorFile = clockFloorFile,
        };
    }

    /// <summary>What registers devices without a secret of their own, and keeps what they are given.</summary>
    internal static DeviceRegistrar RegistrarOf(GatewayPlan configuration, TimeProvider time, string? clockFloorFile = null) =>
        new(
            Path.Combine(configuration.Data.Folder, "secrets"),
            time,
            configuration.Hub.RegistrationUrl,
            clockFloorFile,
            EndpointOf(configuration));

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

    private static async ValueTask<HubCredentials> CredentialsAsync(
        string file, DeviceIdentity gateway, DeviceRegistrar registrar, CancellationToken cancellationToken)
    {
        var info = DeviceInfoFile.Load(file);
        if (info.Gateway != gateway)
            throw new DeviceInfoException(
                file,
                [new DeviceInfoProblem(
                    "", $"it names {info.Gateway} now, the gateway was started as {gateway}: restart the gateway to change who it is")]);
        // Without credentials the file has a product secret, or it would not have been read.
        return info.Credentials ?? await registrar.ObtainAsync(gateway, info.ProductSecret!, cancellationToken);
    }
}
