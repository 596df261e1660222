using BridgeFramework.IotHub;

namespace BridgeFramework.Runtime;

/// <summary>What the gateway makes of a result code of the hub. Where that leads the sub-device says
/// <see cref="CloudTransition"/>. Pure.</summary>
internal static class ResultCodeReaction
{
    /// <param name="code">The result code of a gateway operation that the hub refused; see <see cref="GatewayResultCode"/>.</param>
    public static CloudEvent To(int code)
    {
        if (code == GatewayResultCode.NotBound) return CloudEvent.NotBound;
        return GatewayResultCode.Of(code).IsTransient ? CloudEvent.Failed : CloudEvent.Refused;
    }
}
