namespace BridgeFramework.Plugins;

/// <summary>A plugin that was not loaded. Text only: nothing of the plugin is kept.</summary>
public sealed record PluginFailure
{
    /// <summary>The plugin's folder name.</summary>
    public required string Name { get; init; }

    /// <summary>What is wrong, with the values concerned: a clause without a full stop.</summary>
    public required string Reason { get; init; }

    /// <summary>What to do: an imperative clause without a full stop.</summary>
    public required string Remedy { get; init; }

    /// <summary>Gives plugin, reason and remedy in one sentence.</summary>
    public override string ToString() => $"Plugin '{Name}' was not loaded because {Reason}: {Remedy}.";
}
