namespace BridgeFramework.IotHub;

/// <summary>A publish on its way: queued, then made, then in flight, then done, each exactly once.</summary>
/// <param name="priority">Its place in the queue.</param>
/// <param name="make">Makes the message when its turn has come; null if there is none after all.</param>
internal sealed class PendingPublish(PublishPriority priority, Func<HubPublish?> make)
{
    private readonly TaskCompletionSource<bool> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private HubPublish? _publish;

    public PublishPriority Priority { get; } = priority;

    /// <summary>The message, once it is made.</summary>
    public HubPublish Publish => _publish ?? throw new InvalidOperationException("The message is not made yet.");

    /// <summary>What it is, for people.</summary>
    public string Name => _publish is null ? "a publish" : $"the publish to '{_publish.Topic}'";

    public long SentAt { get; set; }

    /// <summary>Whether there was a message, once the hub has confirmed it.</summary>
    public Task<bool> Completion => _done.Task;

    public bool IsCompleted => _done.Task.IsCompleted;

    /// <summary>Makes the message.</summary>
    /// <returns>Whether there is one to send; else it is completed.</returns>
    public bool TryMake()
    {
        if (IsCompleted) return false; // its caller has given up meanwhile
        try
        {
            _publish = make();
            if (_publish is not null)
            {
                HubPublish.Validate(_publish);
                return true;
            }

            _done.TrySetResult(false);
        }
        catch (Exception exception)
        {
            _done.TrySetException(exception); // the caller's, whatever it is: the loop that asked must go on
        }

        return false;
    }

    public void Confirm() => _done.TrySetResult(true);

    public bool Fail(Exception exception) => _done.TrySetException(exception);

    public void Cancel(CancellationToken cancellationToken) => _done.TrySetCanceled(cancellationToken);
}
