namespace BridgeFramework.Runtime;

/// <summary>Whether the hub can be reached, for those who wait for it. Safe from any thread.</summary>
internal sealed class OnlineGate
{
    private readonly Lock _gate = new();
    private TaskCompletionSource _online = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Set(bool isOnline)
    {
        lock (_gate)
        {
            if (isOnline) _online.TrySetResult();
            else if (_online.Task.IsCompleted) _online = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    /// <summary>Completes at once while it can.</summary>
    public Task UntilOnlineAsync(CancellationToken cancellationToken)
    {
        lock (_gate) return _online.Task.WaitAsync(cancellationToken);
    }
}
