using Microsoft.Extensions.Logging;

namespace BridgeFramework.Runtime;

/// <summary>The presence of one sub-device as its channel sees it, and where that wants the sub-device at the hub.</summary>
/// <remarks>Silence has a grace, flapping is held back. Used under one lock; its alarms ring under that lock too.</remarks>
internal sealed class PresenceGoal
{
    private readonly SubDeviceId _id;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Action _changed;
    private readonly Action _released;
    private readonly FlapDamper _flaps;
    private readonly OfflineGrace _grace;
    private readonly Alarm _calm; // runs while the goal is held, until it may be calm

    /// <param name="id">The sub-device.</param>
    /// <param name="maxChanges">Changes within a minute that the hub hears of; 0 for all.</param>
    /// <param name="time">The clock.</param>
    /// <param name="gate">The lock.</param>
    /// <param name="changed">Called when what the channel says, or its silence, has changed the goal.</param>
    /// <param name="released">Called when the goal is not held any more.</param>
    /// <param name="logger">The log.</param>
    public PresenceGoal(SubDeviceId id, int maxChanges, TimeProvider time, Lock gate, Action changed, Action released, ILogger logger)
    {
        (_id, _time, _changed, _released, _logger) = (id, time, changed, released, logger);
        _flaps = new FlapDamper(maxChanges);
        _grace = new OfflineGrace(time, gate, () => Want(CloudGoal.Offline));
        _calm = new Alarm(time, gate, EndFlapping);
    }

    /// <summary>Where the sub-device should be at the hub.</summary>
    public CloudGoal Goal => _flaps.Goal;

    /// <summary>Whether the goal is held, because the presence flaps.</summary>
    public bool IsHeld => _flaps.IsHolding;

    /// <summary>What the channel says, or what an operator has decided in its place.</summary>
    public Presence Presence { get; private set; }

    /// <summary>Why, in words.</summary>
    public string? Reason { get; private set; }

    /// <summary>Why the goal is held, in words; <see langword="null"/> while it is not.</summary>
    public string? HeldReason => IsHeld
        ? $"Its presence flaps: held {(Goal == CloudGoal.Online ? "online" : "offline")} until it has been the same for "
            + $"{FlapDamper.Calm.TotalSeconds:0} s."
        : null;

    private TimeSpan Elapsed => _time.GetElapsedTime(0);

    /// <summary>From now on the channel is expected to say something of it.</summary>
    public void Expect()
    {
        if (Presence == Presence.Unknown) _grace.Follow(Presence.Unknown);
    }

    /// <summary>The channel says something of it.</summary>
    public void Set(Presence presence, string? reason)
    {
        Reason = reason;
        if (Presence != presence) Take(presence, presence == Presence.Unknown ? LogLevel.Debug : LogLevel.Information);
    }

    /// <summary>An operator decides what it is: that is no flapping.</summary>
    public void Override(Presence presence, string? reason)
    {
        Reason = reason;
        _flaps.Reset();
        _calm.Clear();
        Take(presence, LogLevel.Debug); // nobody has seen it, and the operator's order is logged where it is given
    }

    public void StopWaiting()
    {
        _grace.StopWaiting();
        _calm.Clear();
    }

    private void Take(Presence presence, LogLevel level)
    {
        Presence = presence;
        SubDeviceLog.Presence(_logger, level, _id, presence, Reason is null ? "" : $" ({Reason})");
        _grace.Follow(presence);
        if (presence != Presence.Unknown) Want(presence == Presence.Present ? CloudGoal.Online : CloudGoal.Offline);
    }

    private void Want(CloudGoal goal)
    {
        var (before, wasHeld) = (Goal, IsHeld);
        _flaps.Want(goal, Elapsed);
        if (IsHeld && !wasHeld)
        {
            SubDeviceLog.Flapping(_logger, _id, Goal);
            _calm.Set(FlapDamper.Calm);
        }

        if (Goal != before) _changed();
    }

    private void EndFlapping()
    {
        if (_flaps.TryRelease(Elapsed, out var wait)) _released();
        else _calm.Set(wait);
    }
}
