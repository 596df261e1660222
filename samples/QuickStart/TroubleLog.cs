using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace BridgeFramework.QuickStart;

/// <summary>Keeps the last warnings and errors of the log, to be shown when a step of the tour fails.</summary>
internal sealed class TroubleLog : ILoggerProvider
{
    private const int MaxLines = 10;
    private readonly ConcurrentQueue<string> _lines = new();

    public IReadOnlyCollection<string> Lines => _lines;

    public ILogger CreateLogger(string categoryName) => new Writer(this);

    public void Dispose() => _lines.Clear();

    private void Add(string line)
    {
        _lines.Enqueue(line);
        while (_lines.Count > MaxLines) _lines.TryDequeue(out _);
    }

    private sealed class Writer(TroubleLog log) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel)) log.Add($"{logLevel}: {formatter(state, exception)}");
        }
    }
}
