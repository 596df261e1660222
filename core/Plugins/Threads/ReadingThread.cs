namespace BridgeFramework.Plugins;

/// <summary>Does what reads folders that somebody else has filled, on threads outside the pool: a file system that hangs keeps the thread
/// that asked it, and must keep no other.</summary>
internal static class ReadingThread
{
    // Whoever waits goes on in the pool: no code of a plugin runs on a thread that ends.
    private const TaskCreationOptions Options = TaskCreationOptions.LongRunning | TaskCreationOptions.RunContinuationsAsynchronously;

    /// <summary>Begins it.</summary>
    public static Task<T> Start<T>(Func<T> read) => Task.Factory.StartNew(read, CancellationToken.None, Options, TaskScheduler.Default);

    /// <summary>Does it, and waits for it no longer than is said.</summary>
    /// <param name="read">What reads.</param>
    /// <param name="tooLate">Takes what comes when nobody waits any more.</param>
    /// <param name="patience">How long is waited.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <exception cref="TimeoutException">It has not come back.</exception>
    public static async Task<T> RunAsync<T>(
        Func<T> read, Action<T> tooLate, TimeSpan patience, TimeProvider time, CancellationToken cancellationToken)
    {
        var reading = Start(read);
        await ((Task)reading).WaitAsync(patience, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (reading.IsCompleted) return await reading;
        _ = TakeAsync(reading, tooLate);
        cancellationToken.ThrowIfCancellationRequested();
        throw new TimeoutException($"It has not come back within {patience.TotalSeconds:0} s.");
    }

    /// <summary>Never throws: nobody would hear of it.</summary>
    private static async Task TakeAsync<T>(Task<T> reading, Action<T> tooLate)
    {
        await ((Task)reading).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (reading.IsCompletedSuccessfully) tooLate(await reading);
    }
}
