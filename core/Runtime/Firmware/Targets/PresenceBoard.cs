namespace BridgeFramework.Runtime;

/// <summary>What the channels say of the presence of their sub-devices, for those who wait for one. Safe from any thread.</summary>
internal sealed class PresenceBoard
{
    private readonly Lock _gate = new();
    private readonly Dictionary<SubDeviceId, Presence> _presences = [];
    private readonly Dictionary<SubDeviceId, TaskCompletionSource> _awaited = [];

    /// <summary>Takes what a channel says.</summary>
    public void Set(SubDeviceId id, Presence presence)
    {
        lock (_gate)
        {
            _presences[id] = presence;
            if (presence == Presence.Present && _awaited.Remove(id, out var awaited)) awaited.TrySetResult();
        }
    }

    /// <summary>Completes when the sub-device is present.</summary>
    public Task UntilPresentAsync(SubDeviceId id, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (_presences.GetValueOrDefault(id) == Presence.Present) return Task.CompletedTask;
            if (!_awaited.TryGetValue(id, out var awaited))
                _awaited[id] = awaited = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return awaited.Task.WaitAsync(cancellationToken);
        }
    }
}
