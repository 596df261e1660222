using BridgeFramework.IotHub;

namespace BridgeFramework.Runtime;

/// <summary>How the gateway of a configuration reaches its hub: the identity of its <c>device_info.json</c>, the address of its settings.</summary>
public static class HubAccess
{
    /// <summary>Makes the options of the hub session.</summary>
    /// <param name="hub">The <c>hub</c> section.</param>
    /// <returns>Options whose credentials are read from the file anew before every attempt, so that a rotated secret heals by itself.</returns>
    /// <exception cref="DeviceInfoException">The file cannot be read or used; all its mistakes at once.</exception>
    public static HubSessionOptions OptionsOf(HubSettings hub)
    {
        ArgumentNullException.ThrowIfNull(hub);
        var gateway = DeviceInfoFile.Load(hub.DeviceInfoFile).Gateway;
        return new HubSessionOptions
        {
            Gateway = gateway,
            Credentials = _ => ValueTask.FromResult(CredentialsOf(hub.DeviceInfoFile, gateway)),
            Endpoint = new HubEndpoint
            {
                Host = hub.Host ?? HubEndpoint.CloudOf(gateway.ProductId).Host,
                Port = hub.EffectivePort,
                Tls = hub.UseTls,
                CaFile = hub.CaFile,
                VerifyHostName = hub.VerifyHostName,
            },
            KeepAlive = hub.KeepAlive,
        };
    }

    private static HubCredentials CredentialsOf(string file, DeviceIdentity gateway)
    {
        var info = DeviceInfoFile.Load(file);
        return info.Gateway == gateway
            ? info.Credentials
            : throw new DeviceInfoException(file, [$"it names {info.Gateway} now, the gateway was started as {gateway}: restart the gateway to change who it is"]);
    }
}
