namespace BridgeFramework.Drivers;

/// <summary>Runs what a driver does at the same time as one task, so that a run ends as a whole.</summary>
public static class Loops
{
    /// <summary>Runs loops until one of them ends; the others are asked to stop and waited for.</summary>
    /// <remarks>When the returned task has ended nothing of the loops runs any more: what they used can be
    /// closed, the plugin unloaded.</remarks>
    /// <param name="loops">The loops; each gets a token that asks it to stop.</param>
    /// <param name="stopping">Asks all to end.</param>
    /// <exception cref="OperationCanceledException">The normal end after <paramref name="stopping"/>.</exception>
    /// <exception cref="Exception">What the loop that ended first threw.</exception>
    public static async Task RunTogetherAsync(IReadOnlyList<Func<CancellationToken, Task>> loops, CancellationToken stopping)
    {
        ArgumentNullException.ThrowIfNull(loops);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        var token = either.Token;
        var running = loops.Select(loop => StartAsync(loop, token)).ToArray();
        var first = await Task.WhenAny(running);
        await either.CancelAsync();
        await Task.WhenAll(running).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await first;
    }

    /// <summary>A loop that throws before its first await must not leave those before it alone.</summary>
    private static async Task StartAsync(Func<CancellationToken, Task> loop, CancellationToken token) => await loop(token);
}
