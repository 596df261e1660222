using System.Runtime.ExceptionServices;

namespace BridgeFramework.Runtime;

/// <summary>Tasks that are started while others of them run already. One throws only through a bug: then all are told to end, and the bug
/// is seen by whoever waits for them. Safe from any thread.</summary>
internal sealed class TaskGroup : IDisposable
{
    private readonly Lock _gate = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _ending;
    private int _running = 1; // the group itself, until it is told to end
    private ExceptionDispatchInfo? _bug;

    /// <param name="stopping">Tells it to end.</param>
    public TaskGroup(CancellationToken stopping)
    {
        _ending = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        Ending = _ending.Token;
    }

    /// <summary>Cancelled when all are to end.</summary>
    public CancellationToken Ending { get; }

    /// <summary>Starts one more, and runs nothing of it before this returns. Once all have ended it does nothing.</summary>
    /// <param name="work">Ends when its token is cancelled, or before that when it has no more to do.</param>
    /// <returns>Completes when it has ended; never fails.</returns>
    public Task Start(Func<CancellationToken, Task> work)
    {
        lock (_gate)
        {
            if (_running == 0) return Task.CompletedTask;
            _running++;
        }

        return FollowAsync(work);
    }

    /// <summary>Waits until they are told to end and have ended.</summary>
    /// <exception cref="OperationCanceledException">It was told to end. Where one threw, this throws the same.</exception>
    public async Task UntilEndAsync()
    {
        await _ended.Task.WaitAsync(Ending).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Leave();
        await _ended.Task;
        _bug?.Throw();
        Ending.ThrowIfCancellationRequested();
    }

    /// <inheritdoc/>
    public void Dispose() => _ending.Dispose();

    private async Task FollowAsync(Func<CancellationToken, Task> work)
    {
        await Task.Yield();
        try
        {
            await work(Ending);
        }
        catch (OperationCanceledException) when (Ending.IsCancellationRequested)
        {
            // As it was told to.
        }
        catch (Exception exception)
        {
            Interlocked.CompareExchange(ref _bug, ExceptionDispatchInfo.Capture(exception), null);
            await _ending.CancelAsync();
        }

        Leave();
    }

    private void Leave()
    {
        lock (_gate)
            if (--_running > 0) return;
        _ended.TrySetResult();
    }
}
