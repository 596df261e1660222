namespace BridgeFramework.Benchmarks;

/// <summary>How the hub answers.</summary>
/// <param name="Name">In words.</param>
/// <param name="Least">After how long at least a record is acknowledged; null: never.</param>
/// <param name="Most">After how long at most.</param>
internal sealed record FlashLink(string Name, TimeSpan? Least, TimeSpan Most)
{
    /// <summary>All kinds that are measured.</summary>
    public static IReadOnlyList<FlashLink> All { get; } =
    [
        new("answers in 50-100 ms", TimeSpan.FromMilliseconds(50), TimeSpan.FromMilliseconds(100)),
        // 100 lanes take turns at 20 messages a second.
        new("answers in 0-5 s", TimeSpan.Zero, TimeSpan.FromSeconds(5)),
        new("away", null, TimeSpan.Zero),
    ];

    /// <summary>When a record that is sent now is acknowledged; null: never.</summary>
    public TimeSpan? AcknowledgedAt(TimeSpan now, Random random) => now + Least + (random.NextDouble() * (Most - (Least ?? Most)));
}
