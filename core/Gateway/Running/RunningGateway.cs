using System.Reflection;
using BridgeFramework.Configuration;
using BridgeFramework.IotHub;
using BridgeFramework.Plugins;
using BridgeFramework.Runtime;

namespace BridgeFramework.Gateway;

/// <summary>A gateway that runs, with what it was started with: everything that the operator's commands are answered from.</summary>
internal sealed class RunningGateway(GatewayHost host, ProcessWatch process, TimeProvider time)
{
    private readonly long _startedTimestamp = time.GetTimestamp();

    /// <summary>What runs it: how its configuration is held against its files, and changed.</summary>
    public GatewayHost Host => host;

    public BridgeGateway Gateway => host.Gateway;

    /// <summary>What it is to be.</summary>
    public GatewayPlan Plan => host.Plan;

    public PluginHost Plugins => host.Plugins;

    public TimeProvider Time => time;

    /// <summary>What is wrong with the threads of the process.</summary>
    public string? ThreadProblem => host.ThreadProblem;

    /// <summary>What the process has of the machine.</summary>
    public ProcessStatus? Process => process.View(Plan.Channels.Count);

    /// <summary>Since when it runs, as the clock said then.</summary>
    public DateTimeOffset StartedAt { get; } = time.GetUtcNow();

    /// <summary>How long it runs.</summary>
    public TimeSpan Uptime => time.GetElapsedTime(_startedTimestamp);

    public DeviceIdentity Identity => host.Hub.Gateway;

    public string Endpoint => (host.Hub.Endpoint ?? HubEndpoint.CloudOf(host.Hub.Gateway.ProductId)).ToString();

    public static string Version { get; } =
        typeof(RunningGateway).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0]
            ?? "unknown";
}
