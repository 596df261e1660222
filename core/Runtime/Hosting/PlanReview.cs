using BridgeFramework.Configuration;

namespace BridgeFramework.Runtime;

/// <summary>A configuration held against the gateway that runs: what differs, and whether it can be, or has been, applied.</summary>
public sealed record PlanReview
{
    /// <summary>The configuration as it was read, and as the drivers see it: its mistakes and warnings are in here.</summary>
    public required ConfigurationResult Configuration { get; init; }

    /// <summary>What differs from what runs; <see langword="null"/> where the configuration has mistakes.</summary>
    public PlanDiff? Diff { get; init; }

    /// <summary>Why it is not applied.</summary>
    public PlanRefusal Refusal { get; init; }

    /// <summary>Whether it is in force. One that does not differ is.</summary>
    public bool IsApplied { get; init; }

    /// <summary>The channels that start anew because of it, or have done so.</summary>
    public IReadOnlyList<string> Restarted { get; init; } = [];
}

/// <summary>Why a configuration is not applied.</summary>
public enum PlanRefusal
{
    /// <summary>Nothing keeps it from being applied.</summary>
    None,

    /// <summary>It has mistakes.</summary>
    Invalid,

    /// <summary>It changes settings that only a restart of the gateway changes, see <see cref="PlanDiff.NeedsRestart"/>.</summary>
    NeedsRestart,

    /// <summary>It removes more than half of the sub-devices, and nobody has confirmed that.</summary>
    RemovesMost,
}
