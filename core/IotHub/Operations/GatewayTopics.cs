namespace BridgeFramework.IotHub;

/// <summary>Topics of gateway operations.</summary>
/// <remarks>Source: Tencent Cloud IoT Hub documentation, gateway sub-device topology.</remarks>
public static class GatewayTopics
{
    /// <summary>Gateway to hub: requests and acknowledgements.</summary>
    /// <param name="gateway">The gateway itself.</param>
    public static string Operation(DeviceIdentity gateway) => $"$gateway/operation/{gateway}";

    /// <summary>Hub to gateway: answers and notifications.</summary>
    /// <param name="gateway">The gateway itself.</param>
    public static string Result(DeviceIdentity gateway) => $"$gateway/operation/result/{gateway}";
}
