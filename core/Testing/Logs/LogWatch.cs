using Microsoft.Extensions.Logging;

namespace BridgeFramework.Testing;

/// <summary>Keeps a log and lets a test wait for a line: the one way to hear of a state that nothing else announces.</summary>
/// <remarks>Safe to use from any thread. Keeps every level.</remarks>
public sealed class LogWatch : ILoggerProvider
{
    private const int Shown = 60;
    private readonly Recording<LogLine> _lines = new();

    /// <summary>What was logged, in order.</summary>
    public IReadOnlyList<LogLine> Lines => _lines.ToList();

    /// <summary>What was logged as a warning or worse.</summary>
    public IEnumerable<LogLine> Troubles => Lines.Where(line => line.Level >= LogLevel.Warning);

    /// <summary>Waits for the first line of an event that contains a text, written already or to come.</summary>
    /// <param name="eventId">The event.</param>
    /// <param name="text">Part of the line.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <param name="after">How many lines not to look at.</param>
    /// <exception cref="OperationCanceledException">Gave up.</exception>
    public Task<LogLine> WaitAsync(int eventId, string text, CancellationToken cancellationToken, int after = 0) =>
        _lines.WaitAsync(line => line.EventId == eventId && line.Text.Contains(text, StringComparison.Ordinal), cancellationToken, after);

    /// <summary>Makes a logger for the driver under test.</summary>
    /// <typeparam name="TCategory">The driver.</typeparam>
    public ILogger<TCategory> CreateLogger<TCategory>() => new Logger<TCategory>(_lines);

    /// <inheritdoc/>
    public ILogger CreateLogger(string categoryName) => new Logger(_lines);

    /// <summary>Does nothing: the lines can be read after the end.</summary>
    public void Dispose()
    {
    }

    /// <summary>Gives the latest lines, for the message of a <see cref="Step"/>.</summary>
    public override string ToString() => string.Join(Environment.NewLine, Lines.TakeLast(Shown));

    private class Logger(Recording<LogLine> lines) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            lines.Add(new LogLine(logLevel, eventId.Id, formatter(state, exception), exception));
    }

    private sealed class Logger<TCategory>(Recording<LogLine> lines) : Logger(lines), ILogger<TCategory>;
}
