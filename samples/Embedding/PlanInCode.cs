using BridgeFramework.Configuration;
using BridgeFramework.Runtime;

namespace BridgeFramework.Embedding;

/// <summary>Changes what the gateway is from code, in the place of its files.</summary>
internal static class PlanInCode
{
    /// <summary>Adds a sub-device that reports what the first one does. What else the gateway has notices nothing.</summary>
    public static Task<PlanReview> AddAsync(GatewayHost gateway, SubDeviceId id, CancellationToken cancellationToken)
    {
        var plan = gateway.Plan;
        var channel = plan.Channels[0];
        var next = plan with
        {
            Channels = [channel with { Devices = [.. channel.Devices, channel.Devices[0] with { Id = id }] }, .. plan.Channels.Skip(1)],
        };
        return gateway.ApplyAsync(ConfigurationResult.Of(next), mayRemoveMost: false, cancellationToken);
    }
}
