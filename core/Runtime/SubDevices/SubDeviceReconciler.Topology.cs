namespace BridgeFramework.Runtime;

/// <summary>What is heard of binds and unbinds that others have done.</summary>
internal sealed partial class SubDeviceReconciler
{
    /// <summary>A sub-device was bound or unbound just now.</summary>
    public void TopologyChanged(SubDeviceId id, bool bound)
    {
        lock (_gate)
        {
            if (_devices.TryGetValue(id, out var device)) ChangeTopology(device, bound);
            else _bindings.Note(id, bound); // of one that was here once
        }
    }

    /// <summary>The hub says that its own people bound or unbound a sub-device.</summary>
    /// <param name="id">The sub-device.</param>
    /// <param name="bound">Bound or unbound.</param>
    /// <param name="attempt">The connection that said so. If there has been another one since, how it stands now the hub must say.</param>
    public void TopologyChanged(SubDeviceId id, bool bound, int attempt)
    {
        lock (_gate)
        {
            if (_devices.TryGetValue(id, out var device)) Hear(device, bound, attempt);
            else _bindings.Note(id, bound); // likewise
        }
    }

    /// <summary>The hub says that its own people unbound everything.</summary>
    /// <param name="attempt">The connection that said so, as above.</param>
    public void AllUnbound(int attempt) => ForEach(device => Hear(device, bound: false, attempt));

    /// <summary>Word of the hub was missed: looks at what it says is bound now, and asks about the rest.</summary>
    /// <param name="bound">The hub's list. One that is missing may be on a part of the list that did not fit: it proves nothing.</param>
    public void NotificationsMissed(IReadOnlySet<SubDeviceId> bound) => ForEach(device => device.Compare(bound.Contains(device.Device.Id)));

    private void ForEach(Action<TrackedSubDevice> action)
    {
        lock (_gate)
            foreach (var device in _devices.Values) action(device);
    }

    private void Hear(TrackedSubDevice device, bool bound, int attempt)
    {
        if (attempt < _attempt) device.HearLate(bound);
        else ChangeTopology(device, bound);
    }

    private void ChangeTopology(TrackedSubDevice device, bool bound)
    {
        device.ChangeTopology(bound);
        RemoveIfParted(device);
    }
}
