namespace BridgeFramework.Runtime;

/// <summary>The thread pool at one moment.</summary>
/// <param name="At">When, on a clock that goes forward.</param>
/// <param name="HasRun">Whether the item that was queued last has run.</param>
/// <param name="Minimum">How many threads it makes without hesitating.</param>
/// <param name="Maximum">How many it makes at most.</param>
/// <param name="Threads">How many there are.</param>
internal readonly record struct PoolLook(TimeSpan At, bool HasRun, int Minimum, int Maximum, int Threads);
