using BridgeFramework.Runtime;

namespace BridgeFramework.Gateway;

/// <summary>How a gateway is, in one word; also the exit code of <c>bridge status</c>.</summary>
internal enum GatewayHealth
{
    /// <summary>Connected, every plugin loaded, every channel serving, every sub-device online.</summary>
    Ok,

    /// <summary>Connected, and something else is not as it should be.</summary>
    Degraded,

    /// <summary>Not connected to its hub, or not running.</summary>
    Down,
}

/// <summary>Everything about a running gateway at one moment; in each list what is not well comes first.</summary>
internal sealed record StatusView
{
    public required GatewayHealth State { get; init; }
    public required string Gateway { get; init; }
    public required string Version { get; init; }
    public required DateTimeOffset Now { get; init; }
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>How long it runs, whatever has become of the clock meanwhile.</summary>
    public required TimeSpan Uptime { get; init; }

    /// <summary>How the configuration files stand towards what runs; absent where they are that.</summary>
    public ConfigurationView? Configuration { get; init; }
    public required HubView Hub { get; init; }
    public required QueueView Queue { get; init; }

    /// <summary>What is wrong with the threads that all plugins share.</summary>
    public string? ThreadProblem { get; init; }

    /// <summary>What the process has of the machine.</summary>
    public ProcessStatus? Process { get; init; }
    public required FirmwareCountsView Firmware { get; init; }
    public required IReadOnlyList<PluginView> Plugins { get; init; }

    public required IReadOnlyList<ChannelView> Channels { get; init; }
    public required IReadOnlyList<DeviceView> Devices { get; init; }

    /// <param name="gateway">The gateway.</param>
    /// <param name="files">How its configuration files stand towards it.</param>
    public static StatusView Of(RunningGateway gateway, ConfigurationStatus files)
    {
        var status = gateway.Gateway.Status;
        var hub = HubView.Of(status.Hub, gateway.Endpoint, gateway.Time);
        var plugins = PluginView.AllOf(gateway);
        IReadOnlyList<ChannelView> channels =
            [.. status.Channels.Select(channel => ChannelView.Of(channel, gateway.Time)).OrderBy(channel => channel.Ok)];
        var devices = DeviceView.AllOf(status);
        var configuration = files.State == ConfigurationState.InForce ? null : ConfigurationView.Of(files);
        string? threads = gateway.ThreadProblem;
        var process = gateway.Process;
        var queue = QueueView.Of(gateway.Gateway, status);
        bool allWell = !hub.IsDisplaced && threads is null && process is not { Problems.Count: > 0 } && queue.Ok
            && configuration is null or { Ok: true }
            && plugins.All(plugin => plugin.Ok) && channels.All(channel => channel.Ok) && devices.All(device => device.Ok);
        return new StatusView
        {
            State = (hub.Ok, allWell) switch
            {
                (false, _) => GatewayHealth.Down,
                (true, false) => GatewayHealth.Degraded,
                _ => GatewayHealth.Ok,
            },
            Gateway = gateway.Identity.ToString(),
            Version = RunningGateway.Version,
            Now = gateway.Time.GetUtcNow(),
            StartedAt = gateway.StartedAt,
            Uptime = gateway.Uptime,
            Configuration = configuration,
            Hub = hub,
            Queue = queue,
            ThreadProblem = threads,
            Process = process,
            Firmware = FirmwareCountsView.Of(gateway.Gateway.Firmware.Status),
            Plugins = plugins,
            Channels = channels,
            Devices = devices,
        };
    }
}
