namespace BridgeFramework.Runtime;

/// <summary>Parts that run side by side until they are stopped. A part ends before that only through a bug:
/// then all end, and the bug is seen.</summary>
internal sealed class RunningParts : IAsyncDisposable
{
    private readonly CancellationTokenSource _stopping = new();

    /// <param name="parts">At least one; each runs until its token is cancelled.</param>
    public RunningParts(IReadOnlyList<Func<CancellationToken, Task>> parts) => Completion = RunAsync(parts);

    /// <summary>Completes when all have ended; fails as the part did that ended before its time.</summary>
    public Task Completion { get; }

    /// <summary>Stops them, and waits until they have.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await Completion.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing); // who follows it has seen a bug
        _stopping.Dispose();
    }

    private async Task RunAsync(IReadOnlyList<Func<CancellationToken, Task>> parts)
    {
        using var together = CancellationTokenSource.CreateLinkedTokenSource(_stopping.Token);
        Task[] running = [.. parts.Select(part => part(together.Token))];
        await Task.WhenAny(running);
        bool isAsked = together.IsCancellationRequested;
        await together.CancelAsync();
        try
        {
            await Task.WhenAll(running);
        }
        catch (OperationCanceledException)
        {
            // The normal end of a part that is asked to; what ended by itself without an exception is said below.
        }

        if (!isAsked)
            throw new InvalidOperationException(
                "A part of the gateway has ended by itself. This is a mistake of the gateway, please report it.");
    }
}
