namespace BridgeFramework.Runtime;

/// <summary>Stands between the channels and the reconciler, and says something else to it where an operator ordered so.</summary>
/// <remarks>Safe to use from any thread. What is told to the reconciler has the order in which it happened.</remarks>
/// <param name="channel">Takes what the channel says, where that counts. Must not call back.</param>
/// <param name="byHand">Takes the order in its place, and its end. Must not call back.</param>
internal sealed class HandOrders(Action<SubDeviceId, Presence, string?> channel, Action<SubDeviceId, Presence, string?, CloudState?> byHand)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<SubDeviceId, (Presence Presence, string? Reason)> _seen = [];
    private readonly Dictionary<SubDeviceId, HandOrder> _orders = [];

    /// <summary>The orders that hold.</summary>
    public IReadOnlyDictionary<SubDeviceId, HandOrder> Snapshot()
    {
        lock (_gate) return new Dictionary<SubDeviceId, HandOrder>(_orders);
    }

    public HandOrder Find(SubDeviceId id)
    {
        lock (_gate) return _orders.GetValueOrDefault(id);
    }

    /// <summary>What the channel itself says, order or not.</summary>
    public (Presence Presence, string? Reason) Seen(SubDeviceId id)
    {
        lock (_gate) return _seen.GetValueOrDefault(id);
    }

    /// <summary>Takes what a channel says of a sub-device.</summary>
    public void SetPresence(SubDeviceId id, Presence presence, string? reason)
    {
        lock (_gate)
        {
            _seen[id] = (presence, reason);
            // From here on the channel knows better than whoever gave the order.
            if (presence == Presence.Present && _orders.GetValueOrDefault(id) == HandOrder.Online) _orders.Remove(id);
            if (!_orders.ContainsKey(id)) channel(id, presence, reason);
        }
    }

    /// <summary>Takes an order; <see cref="HandOrder.None"/> gives the sub-device back to its channel.</summary>
    /// <param name="id">The sub-device.</param>
    /// <param name="order">What was ordered.</param>
    /// <param name="answered">How it stands at the hub, if that has been asked already.</param>
    public void Give(SubDeviceId id, HandOrder order, CloudState? answered = null)
    {
        lock (_gate)
        {
            var (presence, reason) = _seen.GetValueOrDefault(id);
            if (order == HandOrder.None || (order == HandOrder.Online && presence == Presence.Present))
            {
                _orders.Remove(id);
                byHand(id, presence, reason, answered);
                return;
            }

            _orders[id] = order;
            byHand(id, order == HandOrder.Online ? Presence.Present : Presence.Absent, InWords(order), answered);
        }
    }

    /// <summary>Ends an order, if it is this one that holds.</summary>
    public void End(SubDeviceId id, HandOrder order)
    {
        lock (_gate)
            if (_orders.GetValueOrDefault(id) == order) Give(id, HandOrder.None);
    }

    public static string? InWords(HandOrder order) => order switch
    {
        HandOrder.Online => "held online by hand",
        HandOrder.Offline => "held offline by hand",
        HandOrder.Unbound => "unbound by hand",
        _ => null,
    };
}
