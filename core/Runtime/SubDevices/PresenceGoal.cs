using Microsoft.Extensions.Logging;

namespace BridgeFramework.Runtime;

/// <summary>Where the presence of one sub-device wants it at the hub.</summary>
/// <remarks>Silence has a grace, flapping is held back. Used under one lock; its alarms ring under that lock too.</remarks>
internal sealed class PresenceGoal
{
    private readonly SubDeviceId _id;
    private readonly DevicePresence _device = new();
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
        _flaps = new FlapDamper { MaxChanges = maxChanges };
        _grace = new OfflineGrace(time, gate, () => Want(CloudGoal.Offline));
        _calm = new Alarm(time, gate, EndFlapping);
    }

    /// <summary>Where the sub-device should be at the hub.</summary>
    public CloudGoal Goal => _flaps.Goal;

    /// <summary>Whether the goal is held, because the presence flaps.</summary>
    public bool IsHeld => _flaps.IsHolding;

    /// <summary>Changes within a minute that the hub hears of; 0 for all.</summary>
    public int MaxChanges
    {
        get => _flaps.MaxChanges;
        set => _flaps.MaxChanges = value;
    }

    /// <summary>What its channel says, whatever an operator has ordered.</summary>
    public Presence Seen => _device.Seen;

    /// <summary>What an operator has ordered in its place.</summary>
    public ManualOverride Held => _device.Held;

    /// <summary>Why what counts is so, in words.</summary>
    public string? Reason => _device.Effective.Reason;

    /// <summary>Why the goal is held, in words; <see langword="null"/> while it is not.</summary>
    public string? HeldReason => IsHeld
        ? $"Its presence flaps: held {(Goal == CloudGoal.Online ? "online" : "offline")} until it has been the same for "
            + $"{FlapDamper.Calm.TotalSeconds:0} s."
        : null;

    private Presence Effective => _device.Effective.Presence;

    private TimeSpan Elapsed => _time.GetElapsedTime(0);

    /// <summary>From now on the channel is expected to say something of it.</summary>
    public void Expect()
    {
        if (Effective == Presence.Unknown) _grace.Follow(Presence.Unknown);
    }

    /// <summary>The channel says something of it.</summary>
    public void Set(Presence presence, string? reason)
    {
        var before = Effective;
        _device.See(presence, reason);
        if (Effective != before) Take(presence == Presence.Unknown ? LogLevel.Debug : LogLevel.Information);
    }

    /// <summary>An operator decides what it is: that is no flapping.</summary>
    public void Override(ManualOverride held)
    {
        _device.Hold(held);
        _flaps.Reset();
        _calm.Clear();
        Take(LogLevel.Debug); // nobody has seen it, and the operator's order is logged where it is given
    }

    /// <summary>After <see cref="StopWaiting"/> what is said counts again, and what was said before does not: it is long ago.
    /// The goal stays until the channel has said something, or has been silent for too long.</summary>
    public void Resume()
    {
        _device.See(Presence.Unknown, null);
        Expect();
        if (IsHeld) _calm.Set(FlapDamper.Calm);
    }

    public void StopWaiting()
    {
        _grace.StopWaiting();
        _calm.Clear();
    }

    private void Take(LogLevel level)
    {
        var (presence, reason) = _device.Effective;
        SubDeviceLog.Presence(_logger, level, _id, presence, reason is null ? "" : $" ({reason})");
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
