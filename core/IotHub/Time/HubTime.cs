namespace BridgeFramework.IotHub;

/// <summary>The time as the hub tells it. For signatures, certificates and whatever the cloud compares with its own clock.</summary>
/// <remarks>
/// <para>
/// Once the hub has told the time, it runs on from there by the system's steady counter: a system clock that is set meanwhile
/// does not move it. Before that it is the system clock, but never less than the floor: the last time this gateway knew for
/// certain. Without either a box without a clock battery would sign in 1970.
/// </para>
/// <para>Timers and timestamps are those of the system. Safe to use from any thread.</para>
/// </remarks>
public sealed class HubTime : TimeProvider
{
    private readonly TimeProvider _system;
    private readonly long _startedAt;
    private readonly DateTimeOffset _floor;
    private Anchor? _anchor; // replaced, never changed

    internal HubTime(TimeProvider system, DateTimeOffset floor)
    {
        _system = system;
        _floor = floor;
        _startedAt = system.GetTimestamp();
    }

    /// <summary>No clock before this moment is right.</summary>
    internal static DateTimeOffset DefaultFloor { get; } = new(2025, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Whether the hub has told the time since this gateway was started.</summary>
    public bool IsSynchronized => Volatile.Read(ref _anchor) is not null;

    /// <summary>Whether the time can be about right: told by the hub, or a system clock that is not behind the floor.</summary>
    public bool IsTrusted => IsSynchronized || _system.GetUtcNow() >= _floor;

    /// <summary>How far the system clock was behind the hub (positive) or ahead of it when the hub last told
    /// the time; null if it has not.</summary>
    public TimeSpan? Offset => Volatile.Read(ref _anchor)?.Offset;

    /// <inheritdoc/>
    public override TimeZoneInfo LocalTimeZone => _system.LocalTimeZone;

    /// <inheritdoc/>
    public override long TimestampFrequency => _system.TimestampFrequency;

    /// <summary>The hub's time, or the best guess at it: see the remarks of the class.</summary>
    public override DateTimeOffset GetUtcNow()
    {
        if (Volatile.Read(ref _anchor) is { } anchor) return anchor.Time + _system.GetElapsedTime(anchor.At);
        var now = _system.GetUtcNow();
        return now >= _floor ? now : _floor + _system.GetElapsedTime(_startedAt);
    }

    /// <inheritdoc/>
    public override long GetTimestamp() => _system.GetTimestamp();

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        _system.CreateTimer(callback, state, dueTime, period);

    /// <summary>Sets the time.</summary>
    /// <param name="time">The hub's time at that moment.</param>
    /// <param name="at">The moment, as <see cref="GetTimestamp"/> counts.</param>
    internal void Set(DateTimeOffset time, long at)
    {
        var systemThen = _system.GetUtcNow() - _system.GetElapsedTime(at);
        Volatile.Write(ref _anchor, new Anchor(time, at, time - systemThen));
    }

    private sealed record Anchor(DateTimeOffset Time, long At, TimeSpan Offset);
}
