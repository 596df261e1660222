using BridgeFramework.Configuration;
using BridgeFramework.IotHub;
using BridgeFramework.Plugins;

namespace BridgeFramework.Runtime;

/// <summary>What a <see cref="GatewayHost"/> runs, and what the program that hosts it adds.</summary>
public sealed record GatewayHostOptions
{
    /// <summary>Reads what the gateway is to be: when it starts, and whenever somebody wants to know whether that has changed. See
    /// <see cref="ConfigurationLoader"/>.</summary>
    public required Func<ConfigurationResult> Configuration { get; init; }

    /// <summary>Whether a configuration that has mistakes keeps the gateway from starting even where the last good files are at hand. By
    /// default it starts on those, and says so.</summary>
    public bool IsStrict { get; init; }

    /// <summary>The clock; default the system's.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>The clock of what is asked of plugins when they are loaded: the gateway's, unless a test has that one run.</summary>
    internal TimeProvider? PluginTime { get; init; }

    /// <summary>Adds drivers that the program brings itself, see <see cref="PluginRegistrations.Of"/>.
    /// Plugins cannot have their names.</summary>
    public Action<DriverCatalog>? AddDrivers { get; init; }

    /// <summary>Changes how the gateway reaches its hub; by default as the configuration says.</summary>
    public Func<HubSessionOptions, HubSessionOptions> Hub { get; init; } = hub => hub;

    /// <summary>Takes the configuration when the drivers have checked it, its warnings included, before
    /// anything of the gateway runs.</summary>
    public Action<ConfigurationResult>? Checked { get; init; }

    /// <summary>
    /// Ends the process, told why. Called, outside the thread pool, where no work of the process has found a thread for 60 s although
    /// the gateway had more added, up to 256: nothing of the program moves any more. The reason has been written down, and the next
    /// start leaves out the plugin whose doing it was. Not set, as by default, that is an error of the log and nothing ends.
    /// </summary>
    public Action<string>? EndProcess { get; init; }

    /// <summary>
    /// Starts what belongs to a gateway from when it is put together until nothing of it runs any more, such as a socket for its
    /// operator. What it gives is disposed at the stop. When it throws, the gateway does not start.
    /// </summary>
    public Func<GatewayHost, CancellationToken, Task<IAsyncDisposable>>? Companion { get; init; }
}
