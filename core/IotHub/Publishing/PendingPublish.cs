namespace BridgeFramework.IotHub;

/// <summary>A publish on its way: queued, then in flight, then done, each exactly once.</summary>
internal sealed class PendingPublish(HubPublish publish)
{
    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public HubPublish Publish { get; } = publish;

    public long SentAt { get; set; }

    public Task Completion => _done.Task;

    public bool IsCompleted => _done.Task.IsCompleted;

    public void Confirm() => _done.TrySetResult();

    public bool Fail(Exception exception) => _done.TrySetException(exception);

    public void Cancel(CancellationToken cancellationToken) => _done.TrySetCanceled(cancellationToken);
}
