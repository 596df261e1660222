namespace BridgeFramework.SwapTest;

/// <summary>A stretch of the run.</summary>
/// <param name="Begin">From when.</param>
/// <param name="End">To when.</param>
/// <param name="IsBusy">Whether something was done to the gateway in it.</param>
internal sealed record Stretch(DateTimeOffset Begin, DateTimeOffset End, bool IsBusy);
