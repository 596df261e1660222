namespace BridgeFramework.Runtime;

/// <summary>One step of a start.</summary>
/// <param name="Name">As it stands in the log.</param>
/// <param name="Start">Takes the step, and gives what undoes it. Where it throws, it has undone itself what it did.</param>
internal sealed record Stage(string Name, Func<CancellationToken, Task<IAsyncDisposable>> Start);
