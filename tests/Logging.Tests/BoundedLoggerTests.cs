using System.Globalization;
using BridgeFramework.Testing;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;

namespace BridgeFramework.Logging.Tests;

public sealed partial class BoundedLoggerTests : IDisposable
{
    private readonly WatchedTime _time = new();
    private readonly FakeLogCollector _lines = new();
    private readonly LoggerFactory _inner;
    private readonly BoundedLoggerFactory _loggers;
    private readonly ILogger _logger;

    public BoundedLoggerTests()
    {
#pragma warning disable IDISP004 // the factory disposes its providers
        _inner = new LoggerFactory([new FakeLoggerProvider(_lines)], new LoggerFilterOptions { MinLevel = LogLevel.Debug });
#pragma warning restore IDISP004
        _loggers = new BoundedLoggerFactory(_inner, _time);
        _logger = _loggers.CreateLogger("Router");
    }

    public void Dispose()
    {
        _loggers.Dispose();
        _inner.Dispose();
    }

    [Fact]
    public void Of_1500_lines_of_one_source_20_are_written_and_the_rest_is_counted_although_nothing_more_comes()
    {
        for (int i = 1; i <= 1500; i++) LogGarbage(_logger, "P/a", i);
        Assert.Equal(20, _lines.Count);

        _time.Advance(TimeSpan.FromSeconds(59));
        Assert.Equal(20, _lines.Count);
        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(21, _lines.Count);
        Assert.Equal(
            (LogLevel.Warning, 9, "… and 1480 more within 60 s; the first of them: P/a sends garbage 21", "Router"),
            (_lines.LatestRecord.Level, _lines.LatestRecord.Id.Id, _lines.LatestRecord.Message, _lines.LatestRecord.Category));
        _time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(21, _lines.Count);
    }

    [Fact]
    public void Another_device_another_event_and_another_component_are_not_withheld()
    {
        for (int i = 1; i <= 100; i++) LogGarbage(_logger, "P/a", i);
        LogGarbage(_logger, "P/b", 1);
        LogDone(_logger, "P/a");
        LogGarbage(_loggers.CreateLogger("Other"), "P/a", 1);

        Assert.Equal(23, _lines.Count);
    }

    [Fact]
    public void After_its_period_a_source_begins_anew()
    {
        for (int period = 1; period <= 3; period++)
        {
            for (int i = 1; i <= 30; i++) LogGarbage(_logger, "P/a", i);
            _time.Advance(LogBudget.Period);
            Assert.Equal(21 * period, _lines.Count);
        }
    }

    [Fact]
    public void Each_source_has_a_period_of_its_own()
    {
        for (int i = 1; i <= 21; i++) LogGarbage(_logger, "P/a", i);
        _time.Advance(TimeSpan.FromSeconds(30));
        for (int i = 1; i <= 22; i++) LogGarbage(_logger, "P/b", i);

        _time.Advance(TimeSpan.FromSeconds(30));
        Assert.Contains("… and 1 more within 60 s", _lines.LatestRecord.Message, StringComparison.Ordinal);
        _time.Advance(TimeSpan.FromSeconds(29));
        Assert.Equal(41, _lines.Count);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Contains("… and 2 more within 60 s", _lines.LatestRecord.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_period_that_ends_first_is_told_first_whichever_was_withheld_first()
    {
        LogGarbage(_logger, "P/early", 1);
        _time.Advance(TimeSpan.FromSeconds(10));
        for (int i = 1; i <= 22; i++) LogGarbage(_logger, "P/late", i);
        for (int i = 2; i <= 21; i++) LogGarbage(_logger, "P/early", i);

        _time.Advance(TimeSpan.FromSeconds(50));
        Assert.Contains("P/early sends garbage 21", _lines.LatestRecord.Message, StringComparison.Ordinal);
        _time.Advance(TimeSpan.FromSeconds(10));
        Assert.Contains("P/late sends garbage 21", _lines.LatestRecord.Message, StringComparison.Ordinal);
        Assert.Equal(42, _lines.Count);
    }

    [Fact]
    public void However_many_sources_there_are_each_line_is_written_or_counted()
    {
        const int sources = LogBudget.MaxSources + 1000;
        for (int i = 1; i <= sources; i++) LogGarbage(_logger, $"P/{i}", i);
        Assert.Equal(LogBudget.MaxSources + LogBudget.LinesPerPeriod, _lines.Count);

        _time.Advance(LogBudget.Period);

        Assert.Contains("… and 980 more within 60 s", _lines.LatestRecord.Message, StringComparison.Ordinal);
        LogGarbage(_logger, "P/new", 1);
        Assert.Equal("P/new sends garbage 1", _lines.LatestRecord.Message);
    }

    [Fact]
    public void Lines_of_a_driver_without_event_ids_are_told_apart_by_their_text()
    {
#pragma warning disable CA1848, CA2254 // as a driver may do
        for (int i = 1; i <= 100; i++) _logger.LogWarning("frame {Number} is garbage", i);
        for (int i = 1; i <= 100; i++) _logger.LogWarning($"put together: {i.ToString(CultureInfo.InvariantCulture)}");
#pragma warning restore CA1848, CA2254

        Assert.Equal(40, _lines.Count);
    }

    [Fact]
    public void The_closest_of_those_whom_a_line_names_is_its_source()
    {
        for (int i = 1; i <= 100; i++) LogTwo(_logger, "line1", $"P/{i % 2}");

        Assert.Equal(40, _lines.Count);
    }

    [Fact]
    public void A_line_that_is_withheld_allocates_nothing()
    {
        // Log and clock of the other tests allocate by themselves, and so does a number in a line.
        using var log = new BrokenLog();
        using var factory = new LoggerFactory([log]);
        using var loggers = new BoundedLoggerFactory(factory, TimeProvider.System);
        var logger = loggers.CreateLogger("Router");
        for (int i = 1; i <= 100; i++) LogDone(logger, "P/a");

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 1; i <= 1000; i++) LogDone(logger, "P/a");

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal("P/a", LogSource.Of("Router", LogLevel.Warning, 9, new Values("P/a")).Name);
        before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 1; i <= 1000; i++) LogSource.Of("Router", LogLevel.Warning, 9, new Values("P/a")); // as the core's own lines are
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(20, log.Written);
    }

    [Fact]
    public void What_is_for_finding_faults_and_what_is_critical_is_written_always()
    {
        for (int i = 1; i <= 100; i++) LogDetail(_logger, "P/a");
        for (int i = 1; i <= 100; i++) LogEnd(_logger, "P/a");

        Assert.Equal(200, _lines.Count);
    }

    [Fact]
    public void What_is_withheld_when_the_gateway_ends_is_told_before()
    {
        for (int i = 1; i <= 25; i++) LogGarbage(_logger, "P/a", i);
        _time.Advance(TimeSpan.FromSeconds(10));

        _loggers.Dispose();

        Assert.StartsWith("… and 5 more within 10 s", _lines.LatestRecord.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void After_the_end_every_line_is_written()
    {
        _loggers.Dispose();

        for (int i = 1; i <= 25; i++) LogGarbage(_logger, "P/a", i);

        Assert.Equal(25, _lines.Count);
    }

    [Fact]
    public void An_error_is_not_withheld_because_of_lines_that_only_tell()
    {
#pragma warning disable CA1848, CA1873, CA2254 // as a driver may do
        for (int i = 1; i <= 100; i++) _logger.LogInformation($"put together: {i.ToString(CultureInfo.InvariantCulture)}");
        _logger.LogError("the device burns");
#pragma warning restore CA1848, CA1873, CA2254

        Assert.Equal((21, LogLevel.Error), (_lines.Count, _lines.LatestRecord.Level));
    }

    [Fact]
    public void A_log_that_cannot_be_written_costs_a_count_and_not_the_process()
    {
        using var broken = new BrokenLog();
        using var factory = new LoggerFactory([broken]);
        using var loggers = new BoundedLoggerFactory(factory, _time);
        var logger = loggers.CreateLogger("Router");
        for (int i = 1; i <= 30; i++) LogGarbage(logger, "P/a", i);
        broken.Breaks = true;

        _time.Advance(LogBudget.Period);

        Assert.Equal(1, broken.Failed);
        broken.Breaks = false;
        LogGarbage(logger, "P/a", 31);
        Assert.Equal(21, broken.Written);
    }

    [Fact]
    public void A_clock_that_is_set_neither_ends_nor_prolongs_a_period()
    {
        for (int i = 1; i <= 21; i++) LogGarbage(_logger, "P/a", i);
        _time.SetClock(TimeSpan.FromDays(-60));
        _time.Advance(TimeSpan.FromSeconds(59));
        Assert.Equal(20, _lines.Count);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(21, _lines.Count);
    }

    private readonly struct Values(string device) : IReadOnlyList<KeyValuePair<string, object?>>
    {
        public int Count => 2;

        public KeyValuePair<string, object?> this[int index] => index == 0 ? new("Device", device) : new("{OriginalFormat}", "{Device}");

        public IEnumerator<KeyValuePair<string, object?>> GetEnumerator() => throw new NotSupportedException();

        System.Collections.IEnumerator System.Collections.IEnumerable.GetEnumerator() => GetEnumerator();
    }

    private sealed class BrokenLog : ILoggerProvider, ILogger
    {
        public bool Breaks { get; set; }

        public int Written { get; private set; }

        public int Failed { get; private set; }

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (Breaks) Failed++;
            else Written++;
            if (Breaks) throw new IOException("No space left on device");
        }

        public void Dispose()
        {
        }
    }

    [LoggerMessage(9, LogLevel.Warning, "{Device} sends garbage {Number}")]
    private static partial void LogGarbage(ILogger logger, string device, int number);

    [LoggerMessage(13, LogLevel.Warning, "{Channel}: {Device} is odd")]
    private static partial void LogTwo(ILogger logger, string channel, string device);

    [LoggerMessage(10, LogLevel.Information, "{Device} is done")]
    private static partial void LogDone(ILogger logger, string device);

    [LoggerMessage(11, LogLevel.Debug, "{Device} in detail")]
    private static partial void LogDetail(ILogger logger, string device);

    [LoggerMessage(12, LogLevel.Critical, "{Device} is the end")]
    private static partial void LogEnd(ILogger logger, string device);
}
