namespace BridgeFramework.Runtime;

/// <summary>Whether sub-devices are there: what is said of it, and who wants to know.</summary>
/// <remarks>One lock for this and for what follows from it at the hub, so that everybody has it in the order it was said in.</remarks>
internal sealed partial class SubDeviceReconciler
{
    private readonly PresenceWaits _waits = new();

    /// <summary>The orders that hold.</summary>
    public IReadOnlyDictionary<SubDeviceId, ManualOverride> Overrides
    {
        get
        {
            lock (_gate)
            {
                return _devices.Where(pair => pair.Value.Held != ManualOverride.None)
                    .ToDictionary(pair => pair.Key, pair => pair.Value.Held);
            }
        }
    }

    /// <summary>Takes what a channel says of a sub-device.</summary>
    public void SetPresence(SubDeviceId id, Presence presence, string? reason)
    {
        lock (_gate)
        {
            if (_stopped || !_devices.TryGetValue(id, out var device)) return;
            device.SetPresence(presence, reason);
            if (device.Seen == Presence.Present) _waits.End(id);
        }
    }

    /// <summary>Completes when the channel of a sub-device sees it, whatever an operator has ordered.</summary>
    public Task UntilPresentAsync(SubDeviceId id, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            bool isPresent = _devices.TryGetValue(id, out var device) && device.Seen == Presence.Present;
            return isPresent ? Task.CompletedTask : _waits.For(id).WaitAsync(cancellationToken);
        }
    }

    /// <summary>The order that holds for a sub-device.</summary>
    public ManualOverride OverrideOf(SubDeviceId id)
    {
        lock (_gate) return _devices.TryGetValue(id, out var device) ? device.Held : ManualOverride.None;
    }

    /// <summary>Takes what an operator orders for a sub-device in place of its channel; <see cref="ManualOverride.None"/> gives it back to
    /// its channel.</summary>
    /// <param name="id">The sub-device.</param>
    /// <param name="held">What is to hold.</param>
    /// <param name="answered">What the hub has answered to the operator's order already, so that it is not
    /// asked again; null if it has not.</param>
    public void Override(SubDeviceId id, ManualOverride held, CloudState? answered = null)
    {
        lock (_gate)
            if (!_stopped && _devices.TryGetValue(id, out var device)) device.Override(held, answered);
    }

    /// <summary>Ends an order, if it is this one that holds.</summary>
    public void EndOverride(SubDeviceId id, ManualOverride held)
    {
        lock (_gate)
            if (OverrideOf(id) == held) Override(id, ManualOverride.None);
    }
}
