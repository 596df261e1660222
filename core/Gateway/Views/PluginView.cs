using BridgeFramework.Runtime;

namespace BridgeFramework.Gateway;

/// <summary>A plugin in the plugin folder, loaded or not.</summary>
internal sealed record PluginView
{
    /// <summary>The plugin's id; of one that could not be read, its name in the plugin folder.</summary>
    public required string Name { get; init; }

    /// <summary>Its name in the plugin folder.</summary>
    public required string Entry { get; init; }
    public required PluginState State { get; init; }

    /// <summary>Whether its drivers can be used.</summary>
    public required bool Loaded { get; init; }

    /// <summary>Whether there is nothing to say against it.</summary>
    public required bool Ok { get; init; }
    public string? Version { get; init; }

    /// <summary>The digest of the manifest of the version that runs; what <c>plugins.allow</c> lists.</summary>
    public string? Digest { get; init; }

    /// <summary>The version that a rollback brings back.</summary>
    public string? PreviousVersion { get; init; }
    public double? TrialSecondsLeft { get; init; }
    public required IReadOnlyList<string> Drivers { get; init; }

    /// <summary>The channels that use them.</summary>
    public required IReadOnlyList<string> Channels { get; init; }

    /// <summary>Why it was not loaded, or what was dropped last was not.</summary>
    public string? Reason { get; init; }
    public string? Remedy { get; init; }

    /// <summary>Earlier versions whose code could not leave the memory, and why.</summary>
    public required IReadOnlyList<string> StillInMemory { get; init; }

    public static IReadOnlyList<PluginView> AllOf(RunningGateway gateway) =>
        [.. gateway.Plugins.Status.Select(plugin => Of(plugin, gateway))];

    public static PluginView Of(PluginStatus plugin, RunningGateway gateway)
    {
        bool isLoaded = plugin.State is PluginState.Loaded or PluginState.OnTrial;
        return new PluginView
        {
            Name = plugin.Name,
            Entry = plugin.Entry,
            State = plugin.State,
            Loaded = isLoaded,
            Ok = isLoaded && plugin.Reason is null,
            Version = plugin.Version,
            Digest = plugin.Digest,
            PreviousVersion = plugin.PreviousVersion,
            TrialSecondsLeft = plugin.TrialLeft?.TotalSeconds,
            Drivers = plugin.Drivers,
            Channels = [.. gateway.Plan.Channels.Where(channel => plugin.Drivers.Contains(channel.Driver, StringComparer.Ordinal))
                .Select(channel => channel.Name)],
            Reason = plugin.Reason,
            Remedy = plugin.Remedy,
            StillInMemory = plugin.StillInMemory,
        };
    }
}
