using BridgeFramework.Testing;

namespace BridgeFramework.IotHub.Tests;

/// <summary>A clock that begins at a moment which the tests know, and says when a timer was armed that fires once: those that repeat are not waited for.</summary>
internal sealed class TestTime() : WatchedTime(Noon)
{
    public static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    protected override bool IsNoted(TimeSpan dueTime, TimeSpan period) => dueTime > TimeSpan.Zero && period == Timeout.InfiniteTimeSpan;
}
