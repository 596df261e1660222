using BridgeFramework.Testing;

namespace BridgeFramework.IotHub.Tests;

/// <summary>A clock that begins at a moment which the tests know.</summary>
internal sealed class TestTime() : WatchedTime(Noon)
{
    public static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
}
