using Microsoft.Extensions.Logging;

namespace BridgeFramework.Runtime.Tests;

/// <summary>One line of the log.</summary>
internal sealed record LogLine(LogLevel Level, int EventId, string Text, Exception? Exception)
{
    public override string ToString() => $"{Level} {EventId} {Text}{(Exception is null ? "" : $" [{Exception.GetType().Name}: {Exception.Message}]")}";
}

/// <summary>Keeps the log and lets a test wait for a line: the one way to hear of a state that nothing else announces.</summary>
internal sealed class LogWatch : ILoggerProvider
{
    private readonly Lock _gate = new();
    private readonly List<LogLine> _lines = [];
    private TaskCompletionSource _next = NewSignal();

    public IReadOnlyList<LogLine> Lines
    {
        get
        {
            lock (_gate) return [.. _lines];
        }
    }

    public IEnumerable<LogLine> Troubles => Lines.Where(line => line.Level >= LogLevel.Warning);

    /// <summary>The first line of an event that contains a text, written already or still to come.</summary>
    /// <param name="eventId">The event.</param>
    /// <param name="text">Part of the line.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <param name="after">How many lines not to look at.</param>
    public async Task<LogLine> WaitAsync(int eventId, string text, CancellationToken cancellationToken, int after = 0)
    {
        while (true)
        {
            Task next;
            lock (_gate)
            {
                for (; after < _lines.Count; after++)
                    if (_lines[after].EventId == eventId && _lines[after].Text.Contains(text, StringComparison.Ordinal)) return _lines[after];
                next = _next.Task;
            }

            await next.WaitAsync(cancellationToken);
        }
    }

    public ILogger CreateLogger(string categoryName) => new Logger(this);

    public void Dispose()
    {
        // Nothing to let go of; the lines are read after the end.
    }

    public override string ToString() => string.Join(Environment.NewLine, Lines.TakeLast(60));

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private void Add(LogLine line)
    {
        TaskCompletionSource heard;
        lock (_gate)
        {
            _lines.Add(line);
            heard = _next;
            _next = NewSignal();
        }

        heard.TrySetResult();
    }

    private sealed class Logger(LogWatch watch) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            watch.Add(new LogLine(logLevel, eventId.Id, formatter(state, exception), exception));
    }
}
