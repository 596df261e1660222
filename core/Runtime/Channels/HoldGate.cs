namespace BridgeFramework.Runtime;

/// <summary>Lets somebody stop a loop at its next safe place, do something meanwhile, and let it go on.</summary>
/// <remarks>One at a time asks; the loop is one. Safe to use from any thread.</remarks>
#pragma warning disable CA1001 // The source has no timer and so no handle; once cancelled it holds on to nobody.
internal sealed class HoldGate
#pragma warning restore CA1001
{
    private readonly Lock _gate = new();
#pragma warning disable IDISP006 // As above.
    private CancellationTokenSource _wanted = new();
#pragma warning restore IDISP006
    private TaskCompletionSource _held = NewSignal();
    private TaskCompletionSource _released = NewSignal();

    /// <summary>Cancelled when the loop is to come to its safe place; another one after each release.</summary>
    public CancellationToken Wanted
    {
        get
        {
            lock (_gate) return _wanted.Token;
        }
    }

    /// <summary>Whether somebody wants the loop to stand, or it does.</summary>
    public bool IsWanted => Wanted.IsCancellationRequested;

    /// <summary>Asks the loop to come to its safe place.</summary>
    /// <returns>A task that ends when it stands there.</returns>
    public Task RequestAsync()
    {
        CancellationTokenSource wanted;
        Task held;
        lock (_gate) (wanted, held) = (_wanted, _held.Task);
        wanted.Cancel();
        return held;
    }

    /// <summary>Lets it go on; harmless where it does.</summary>
    public void Release()
    {
        TaskCompletionSource released;
        lock (_gate)
        {
            if (!_wanted.IsCancellationRequested) return;
#pragma warning disable IDISP003 // As above: nothing to dispose.
            _wanted = new CancellationTokenSource();
#pragma warning restore IDISP003
            _held = NewSignal();
            released = _released;
            _released = NewSignal();
        }

        released.SetResult();
    }

    /// <summary>The safe place of the loop: stands here as long as somebody wants it to.</summary>
    /// <exception cref="OperationCanceledException">The loop is to end.</exception>
    public async Task PassAsync(CancellationToken stopping)
    {
        while (true)
        {
            Task released;
            lock (_gate)
            {
                if (!_wanted.IsCancellationRequested) return;
                _held.TrySetResult();
                released = _released.Task;
            }

            await released.WaitAsync(stopping);
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
