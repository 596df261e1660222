using BridgeFramework.Configuration;
using BridgeFramework.Outbox;

namespace BridgeFramework.Runtime;

/// <summary>What was sent of one point, what is known of it, and when the next value is due.</summary>
/// <remarks>Times are milliseconds of one clock that never goes back.</remarks>
/// <param name="settings">Which of its values go.</param>
/// <param name="badInterval">When the same bad quality goes again, unless the settings have a longest interval; in milliseconds.</param>
internal sealed class PointReport(ReportSettings settings, long badInterval)
{
    /// <summary>Least time between two repetitions of a value that keeps being lost: where nothing can wait
    /// any more, repeating does not help.</summary>
    public const long RepeatPause = 10_000;

    private readonly bool _changesOnly = settings.ChangesOnly;
    private readonly ChangeRule _rule = new(settings.Deadband, settings.DeadbandPercent);
    private readonly long _minInterval = Milliseconds(settings.MinInterval) ?? 0;
    private readonly long _maxInterval = Milliseconds(settings.MaxInterval) ?? long.MaxValue;
    private readonly long _badInterval = Milliseconds(settings.MaxInterval) ?? badInterval;

    private bool _isSent;
    private Variant _sent;
    private Quality _sentQuality;
    private long _sentAt;

    private bool _isKnown;
    private PointValue _known;
    private long _knownAt;

    private long _repeatNotBefore = long.MinValue;

    /// <summary>When the known value is due; <see langword="null"/> when the hub has it.</summary>
    public long? DueAt { get; private set; }

    /// <summary>Lane and number of the last value that was accepted; number 0 for none.</summary>
    public (LaneKind Lane, long Sequence) Place { get; set; }

    /// <summary>Takes note of a reported value.</summary>
    /// <returns>Whether it is to be sent.</returns>
    public bool Offer(in PointValue value, long now)
    {
        (_known, _knownAt, _isKnown) = (value, now, true);
        if (!_isSent || value.Quality != _sentQuality) return Send(value, now);
        long age = now - _sentAt;
        bool isNews = value.Quality == Quality.Good && (!_changesOnly || _rule.IsChange(_sent, value.Value));
        if (age < _minInterval)
        {
            DueAt = isNews ? _sentAt + _minInterval : null;
            return false;
        }

        if (isNews || age >= (value.Quality == Quality.Good ? _maxInterval : _badInterval)) return Send(value, now);
        DueAt = null;
        return false;
    }

    /// <summary>Gives the known value, which counts as sent now.</summary>
    public DueValue TakeDue(long now)
    {
        if (!_isSent) _repeatNotBefore = now + RepeatPause;
        Send(_known, now);
        return new DueValue(_known, _knownAt);
    }

    /// <summary>Counts what was sent as never sent: the known value is due.</summary>
    public void Forget(long now)
    {
        if (!_isKnown || !_isSent) return;
        _isSent = false;
        DueAt = Math.Max(now, _repeatNotBefore);
    }

    /// <summary>Keeps what is known, but not the definition that came with it.</summary>
    public void LetGo()
    {
        if (!_isKnown || _known.Point.At is NoAddress) return;
        var definition = new PointDefinition { Name = _known.Point.Name, At = NoAddress.Instance };
        _known = _known.Quality == Quality.Good
            ? new PointValue(definition, _known.Value) { Time = _known.Time }
            : new PointValue(definition, _known.Quality) { Time = _known.Time };
    }

    private bool Send(in PointValue value, long now)
    {
        (_sent, _sentQuality, _sentAt, _isSent) = (value.Value, value.Quality, now, true);
        DueAt = null;
        return true;
    }

    private static long? Milliseconds(TimeSpan? interval) => interval is { } given ? ReportPolicy.Milliseconds(given) : null;

    private sealed class NoAddress
    {
        public static readonly NoAddress Instance = new();
    }
}
