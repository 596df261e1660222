using BridgeFramework.Configuration;
using Microsoft.Extensions.Logging;

namespace BridgeFramework.Runtime;

/// <summary>The loggers of one channel's driver: their category begins with
/// <c>Drivers.{driver}.{channel}.</c>, so that a log can be filtered by either.</summary>
/// <remarks>What a plugin does to it does not reach the gateway's own log: it can neither add to it nor end it.</remarks>
/// <param name="loggers">The gateway's log.</param>
/// <param name="channel">The channel.</param>
/// <param name="lines">Counts what it logs.</param>
internal sealed class DriverLoggers(ILoggerFactory loggers, ChannelPlan channel, FloodMeter lines) : ILoggerFactory
{
    public ILogger CreateLogger(string categoryName) =>
        new Counted(loggers.CreateLogger($"Drivers.{channel.Driver}.{channel.Name}.{categoryName}"), lines);

    public void AddProvider(ILoggerProvider provider) =>
        throw new NotSupportedException("A driver logs to the gateway's log: it cannot add another.");

    public void Dispose()
    {
        // The log is the gateway's.
    }

    private sealed class Counted(ILogger inner, FloodMeter lines) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => inner.BeginScope(state);

        public bool IsEnabled(LogLevel logLevel) => inner.IsEnabled(logLevel);

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (!inner.IsEnabled(logLevel)) return;
            lines.Count();
            inner.Log(logLevel, eventId, state, exception, formatter);
        }
    }
}
