namespace BridgeFramework.Runtime;

/// <summary>Keeps the flapping of one sub-device from the hub: lets a few changes a minute through, then
/// holds what was stable until it is calm.</summary>
internal sealed class FlapDamper
{
    /// <summary>What lasts as long as this is stable.</summary>
    public static readonly TimeSpan Calm = TimeSpan.FromMinutes(1);

    private readonly Queue<TimeSpan> _changes = new(); // of the last minute
    private CloudGoal _wanted;
    private CloudGoal _stable;
    private TimeSpan _changedAt;

    /// <summary>How many changes within <see cref="Calm"/> pass; 0 lets all pass.</summary>
    public required int MaxChanges { get; set; }

    /// <summary>Where the sub-device should be at the hub.</summary>
    public CloudGoal Goal { get; private set; }

    /// <summary>Whether <see cref="Goal"/> is held, whatever is wanted.</summary>
    public bool IsHolding { get; private set; }

    /// <param name="goal">What the channel wants.</param>
    /// <param name="now">Elapsed time; never goes back.</param>
    public void Want(CloudGoal goal, TimeSpan now)
    {
        if (goal == _wanted) return;
        var before = _wanted;
        if (now - _changedAt >= Calm) _stable = before;
        (_wanted, _changedAt) = (goal, now);
        if (before == CloudGoal.AsItIs) _stable = goal; // the first word is no change
        else if (!IsHolding) IsHolding = MaxChanges > 0 && CountWith(now) > MaxChanges;
        Goal = IsHolding ? _stable : goal;
    }

    /// <summary>Begins anew: what is wanted next passes. The goal stays until then.</summary>
    public void Reset()
    {
        (_wanted, IsHolding) = (CloudGoal.AsItIs, false);
        _changes.Clear();
    }

    /// <summary>Ends the holding if it has been calm for long enough.</summary>
    /// <param name="now">Elapsed time.</param>
    /// <param name="wait">How long it must still be calm, when the method returns false.</param>
    public bool TryRelease(TimeSpan now, out TimeSpan wait)
    {
        wait = _changedAt + Calm - now;
        if (wait > TimeSpan.Zero) return false;
        IsHolding = false;
        _changes.Clear();
        Goal = _wanted;
        return true;
    }

    private int CountWith(TimeSpan now)
    {
        while (_changes.TryPeek(out var oldest) && now - oldest >= Calm) _changes.Dequeue();
        _changes.Enqueue(now);
        return _changes.Count;
    }
}
