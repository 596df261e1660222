using System.Reflection;
using BridgeFramework.Configuration;
using BridgeFramework.IotHub;
using BridgeFramework.Plugins;
using BridgeFramework.Runtime;

namespace BridgeFramework.Gateway;

/// <summary>A gateway that runs, with what it was started with: everything that the operator's commands are answered from.</summary>
/// <param name="Gateway">The gateway.</param>
/// <param name="Configuration">What it was told.</param>
/// <param name="Hub">How it talks to its hub.</param>
/// <param name="Plugins">Its plugins.</param>
/// <param name="Time">The clock.</param>
internal sealed record RunningGateway(
    BridgeGateway Gateway, GatewayPlan Configuration, HubSessionOptions Hub, PluginHost Plugins, TimeProvider Time)
{
    /// <summary>Since when it runs.</summary>
    public DateTimeOffset StartedAt { get; } = Time.GetUtcNow();

    public DeviceIdentity Identity => Hub.Gateway;

    public string Endpoint => (Hub.Endpoint ?? HubEndpoint.CloudOf(Hub.Gateway.ProductId)).ToString();

    public static string Version { get; } =
        typeof(RunningGateway).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "unknown";
}
