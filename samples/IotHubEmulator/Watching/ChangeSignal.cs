namespace BridgeFramework.IotHubEmulator;

/// <summary>Tells any number of waiters that something changed. Take <see cref="Next"/>, look, then await it: nothing is missed.</summary>
internal sealed class ChangeSignal
{
    private TaskCompletionSource _next = Create();

    public Task Next => Volatile.Read(ref _next).Task;

    /// <summary>Completes with what <paramref name="look"/> finds, now or after a change.</summary>
    public async Task<T> FirstAsync<T>(Func<T?> look, CancellationToken cancellationToken)
        where T : class
    {
        while (true)
        {
            var next = Next;   // taken before looking, so that nothing falls between
            if (look() is { } found) return found;
            await next.WaitAsync(cancellationToken);
        }
    }

    public void Raise() => Interlocked.Exchange(ref _next, Create()).TrySetResult();

    // Waiters continue on their own threads, never inside Raise, which is called from within the broker.
    private static TaskCompletionSource Create() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
