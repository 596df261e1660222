namespace BridgeFramework.Runtime;

/// <summary>Those who wait until a sub-device is there.</summary>
/// <remarks>Used under one lock. What follows from an end does not run under it.</remarks>
internal sealed class PresenceWaits
{
    private readonly Dictionary<SubDeviceId, TaskCompletionSource> _awaited = [];

    /// <summary>Completes when the wait for a sub-device ends.</summary>
    public Task For(SubDeviceId id)
    {
        if (!_awaited.TryGetValue(id, out var awaited))
            _awaited[id] = awaited = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        return awaited.Task;
    }

    /// <summary>A sub-device is there.</summary>
    public void End(SubDeviceId id)
    {
        if (_awaited.Remove(id, out var awaited)) awaited.TrySetResult();
    }
}
