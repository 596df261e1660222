namespace BridgeFramework.Runtime;

/// <summary>Stands between the channels and the reconciler: where a manual override holds, the reconciler
/// hears that in place of the channel.</summary>
/// <remarks>Safe to use from any thread. The reconciler hears everything in the order in which it happened.</remarks>
/// <param name="channel">Takes what the channel says, where that counts. Must not call back.</param>
/// <param name="byHand">Takes the override in its place, and its end. Must not call back.</param>
internal sealed class ManualOverrides(
    Action<SubDeviceId, Presence, string?> channel, Action<SubDeviceId, Presence, string?, CloudState?> byHand)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<SubDeviceId, (Presence Presence, string? Reason)> _seen = [];
    private readonly Dictionary<SubDeviceId, ManualOverride> _held = [];

    /// <summary>The overrides that hold.</summary>
    public IReadOnlyDictionary<SubDeviceId, ManualOverride> Snapshot()
    {
        lock (_gate) return new Dictionary<SubDeviceId, ManualOverride>(_held);
    }

    public ManualOverride Find(SubDeviceId id)
    {
        lock (_gate) return _held.GetValueOrDefault(id);
    }

    /// <summary>What the channel itself says, overridden or not.</summary>
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
            // From here on the channel knows better than the operator.
            if (presence == Presence.Present && _held.GetValueOrDefault(id) == ManualOverride.Online) _held.Remove(id);
            if (!_held.ContainsKey(id)) channel(id, presence, reason);
        }
    }

    /// <summary>Puts an override in force; <see cref="ManualOverride.None"/> gives the sub-device back to its channel.</summary>
    /// <param name="id">The sub-device.</param>
    /// <param name="held">What is to hold.</param>
    /// <param name="answered">How it stands at the hub, if that has been asked already.</param>
    public void Set(SubDeviceId id, ManualOverride held, CloudState? answered = null)
    {
        lock (_gate)
        {
            var (presence, reason) = _seen.GetValueOrDefault(id);
            if (held == ManualOverride.None || (held == ManualOverride.Online && presence == Presence.Present))
            {
                _held.Remove(id);
                byHand(id, presence, reason, answered);
                return;
            }

            _held[id] = held;
            byHand(id, held == ManualOverride.Online ? Presence.Present : Presence.Absent, InWords(held), answered);
        }
    }

    /// <summary>Ends an override, if it is this one that holds.</summary>
    public void End(SubDeviceId id, ManualOverride held)
    {
        lock (_gate)
            if (_held.GetValueOrDefault(id) == held) Set(id, ManualOverride.None);
    }

    public static string? InWords(ManualOverride held) => held switch
    {
        ManualOverride.Online => "held online by hand",
        ManualOverride.Offline => "held offline by hand",
        ManualOverride.Unbound => "unbound by hand",
        _ => null,
    };
}
