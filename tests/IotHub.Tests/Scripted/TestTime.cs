using BridgeFramework.Testing;

namespace BridgeFramework.IotHub.Tests;

/// <summary>A clock that begins at a moment which the tests know. The ticks of a connection are as long as
/// its waits, so they are left out.</summary>
internal sealed class TestTime : WatchedTime
{
    public static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    public TestTime()
        : base(Noon) => IgnoresRepeating = true;
}
