using System.Reflection;
using BridgeFramework.Configuration;
using BridgeFramework.IotHub;
using BridgeFramework.Plugins;
using BridgeFramework.Runtime;

namespace BridgeFramework.Gateway;

/// <summary>A gateway that runs, with what it was started with: everything that the operator's commands are answered from.</summary>
internal sealed class RunningGateway(GatewayHost host, TimeProvider time)
{
    public BridgeGateway Gateway => host.Gateway;

    /// <summary>What it is to be.</summary>
    public GatewayPlan Plan => host.Plan;

    public PluginHost Plugins => host.Plugins;

    public TimeProvider Time => time;

    /// <summary>Since when it runs.</summary>
    public DateTimeOffset StartedAt { get; } = time.GetUtcNow();

    public DeviceIdentity Identity => host.Hub.Gateway;

    public string Endpoint => (host.Hub.Endpoint ?? HubEndpoint.CloudOf(host.Hub.Gateway.ProductId)).ToString();

    public static string Version { get; } =
        typeof(RunningGateway).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0]
            ?? "unknown";
}
