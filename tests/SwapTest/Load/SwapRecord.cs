namespace BridgeFramework.SwapTest;

/// <summary>One replacement of the plugin, from its drop to the end of its trial.</summary>
internal sealed record SwapRecord
{
    public required TickerVersion Version { get; init; }
    public required Way Way { get; init; }

    /// <summary>When the first byte of it was dropped.</summary>
    public required DateTimeOffset Dropped { get; init; }

    /// <summary>When it took over; <see langword="null"/> if it never did.</summary>
    public DateTimeOffset? TookOver { get; init; }

    /// <summary>When the trial was decided.</summary>
    public DateTimeOffset? Decided { get; init; }

    /// <summary>Whether it passed its trial.</summary>
    public bool Passed { get; init; }

    /// <summary>How long each of its channels stood still when it took over, in ms; where the version did not
    /// serve, there is none.</summary>
    public IReadOnlyList<double> Gaps { get; init; } = [];

    /// <summary>The same when the old version came back.</summary>
    public IReadOnlyList<double> GapsBack { get; init; } = [];
}
