namespace BridgeFramework.Runtime;

/// <summary>How an entry of the drop folder stands.</summary>
public enum PluginState
{
    /// <summary>It is loaded; its drivers can be used.</summary>
    Loaded,

    /// <summary>It is loaded in place of another version, and goes again if it does not do as well.</summary>
    OnTrial,

    /// <summary>It is still being copied.</summary>
    Arriving,

    /// <summary>It is not loaded.</summary>
    Refused,
}

/// <summary>How a plugin stands.</summary>
public sealed record PluginStatus
{
    /// <summary>The plugin's id; of one that could not be read, the name of its entry in the drop folder.</summary>
    public required string Name { get; init; }

    /// <summary>Its name in the drop folder.</summary>
    public required string Entry { get; init; }

    /// <summary>How it stands.</summary>
    public required PluginState State { get; init; }

    /// <summary>The version that runs; <see langword="null"/> for none.</summary>
    public string? Version { get; init; }

    /// <summary>The digest of the manifest of the version that runs.</summary>
    public string? Digest { get; init; }

    /// <summary>The version that a rollback would bring back.</summary>
    public string? PreviousVersion { get; init; }

    /// <summary>The names of its drivers.</summary>
    public IReadOnlyList<string> Drivers { get; init; } = [];

    /// <summary>How much of the trial is left.</summary>
    public TimeSpan? TrialLeft { get; init; }

    /// <summary>Why what was dropped is not loaded, or the last version of it: a clause without a full stop.</summary>
    public string? Reason { get; init; }

    /// <summary>What to do about it: an imperative clause without a full stop.</summary>
    public string? Remedy { get; init; }

    /// <summary>Earlier versions whose code is still in memory, with what holds them there as far as it is known.</summary>
    public IReadOnlyList<string> StillInMemory { get; init; } = [];
}
