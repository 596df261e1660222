using BridgeFramework.IotHub;
using Microsoft.Extensions.Logging;

namespace BridgeFramework.Runtime;

/// <summary>Stamps samples by the steady clock of the machine's present start, and says what time that was once it is known.</summary>
/// <remarks>
/// <para>A box without a clock battery does not know the time when it starts; until the hub or somebody tells
/// it, samples are stamped by how long it has run. What the clock said meanwhile is not written down, so no
/// jump of it can reorder or age anything. For each start it is kept how far its steady clock is from the
/// time; the present one's is looked at when it is needed, so the best that is known then counts.</para>
/// <para>A start in which the time never became known has the best guess: not before the last time that was known for certain.</para>
/// </remarks>
internal sealed partial class BootTimes
{
    // What is sent twice is the same twice: a time that was known moves only by more than the hub's answer can be wrong, which is half of
    // the time it may be under way (HubClock.AnswerTime). On a slow link two answers may well differ by a second.
    private const long Remarkable = 3000; // ms
    private const long LongestReading = 50; // ms
    private readonly HubTime _time;
    private readonly BootTimesFile? _file;
    private readonly ILogger _logger;
    private readonly Lock _gate = new();
    private readonly Dictionary<int, BootTime> _boots;
    private BootTime _current;
    private BootTime? _written; // or tried to: a disk that does not take it is told of once for each change

    /// <param name="file">Where it is kept; null for nowhere.</param>
    /// <param name="boot">Which start of the machine this is.</param>
    /// <param name="time">The time as far as it is known.</param>
    /// <param name="logger">The log.</param>
    public BootTimes(BootTimesFile? file, string boot, HubTime time, ILogger<BootTimes> logger)
    {
        (_file, _time, _logger) = (file, time, logger);
        IReadOnlyList<BootTime> known = [];
        if (file is not null)
        {
            known = file.Read(out string? problem);
            if (problem is not null) LogUnreadable(logger, problem);
        }

        _boots = known.ToDictionary(each => each.Number);
        _current = known.FirstOrDefault(each => string.Equals(each.Id, boot, StringComparison.Ordinal))
            ?? new BootTime(_boots.Keys.DefaultIfEmpty().Max() + 1, boot, Offset(), time.IsTrusted);
        _boots[_current.Number] = _current;
        Keep();
    }

    /// <summary>The stamp of this moment.</summary>
    public SampleStamp Now => new(_current.Number, Steady);

    private long Steady => (long)_time.GetElapsedTime(0, _time.GetTimestamp()).TotalMilliseconds;

    /// <summary>What time a stamp is, in milliseconds since the epoch, as far as it is known now. Never waits for the disk.</summary>
    public long TimeOf(SampleStamp stamp)
    {
        lock (_gate)
        {
            Note();
            return (_boots.TryGetValue(stamp.Boot, out var boot) ? boot.Offset : 0) + stamp.Steady;
        }
    }

    /// <summary>Writes down what is known of the present start where that has changed; now and then, and at
    /// the end. For one caller at a time.</summary>
    public void Keep()
    {
        BootTime[] changed;
        lock (_gate)
        {
            Note();
            if (_current == _written) return;
            (_written, changed) = (_current, [.. _boots.Values]);
        }

        try
        {
            _file?.Write(changed);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            LogUnwritable(_logger, exception.Message);
        }
    }

    /// <summary>Takes note of what is known of the present start.</summary>
    private void Note()
    {
        var before = _current;
        bool isTrusted = _time.IsTrusted;
        // A guess does not replace what was known for certain.
        if (before.IsTrusted && !isTrusted) return;
        long from = Steady;
        long offset = Offset();
        // Where the thread was kept waiting between the two clocks, what it read of them does not belong together.
        if (Steady - from > LongestReading) return;
        if (isTrusted == before.IsTrusted && Math.Abs(offset - before.Offset) < Remarkable) offset = before.Offset;
        if (isTrusted != before.IsTrusted || offset != before.Offset)
            _boots[before.Number] = _current = before with { Offset = offset, IsTrusted = isTrusted };
    }

    private long Offset() => _time.GetUtcNow().ToUnixTimeMilliseconds() - Steady;

    [LoggerMessage(4110, LogLevel.Warning,
        "The times of earlier starts are lost, samples that wait from them have a wrong time: {Problem}")]
    private static partial void LogUnreadable(ILogger logger, string problem);

    [LoggerMessage(4111, LogLevel.Warning,
        "The time of this start of the machine cannot be written down; samples that wait would lose it with a restart: {Problem}")]
    private static partial void LogUnwritable(ILogger logger, string problem);
}

/// <summary>One start of the machine.</summary>
/// <param name="Number">Counts starts, from 1 on.</param>
/// <param name="Id">The system's own name for it.</param>
/// <param name="Offset">What to add to its steady clock, in ms, to have milliseconds since the epoch.</param>
/// <param name="IsTrusted">Whether the time was known, or guessed.</param>
internal sealed record BootTime(int Number, string Id, long Offset, bool IsTrusted);
