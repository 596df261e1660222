using Microsoft.Extensions.Logging;

namespace BridgeFramework.Logging;

/// <summary>Passes on the lines that the budget allows.</summary>
internal sealed class BoundedLogger(string category, ILogger inner, LogBudget budget) : ILogger
{
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => inner.BeginScope(state);

    public bool IsEnabled(LogLevel logLevel) => inner.IsEnabled(logLevel);

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (!inner.IsEnabled(logLevel)) return;
        LogAccount? first = null;
        if (logLevel is < LogLevel.Information or > LogLevel.Error
            || budget.TryTake(LogSource.Of(category, logLevel, eventId.Id, state), inner, eventId, out first))
            inner.Log(logLevel, eventId, state, exception, formatter);
        else if (first is not null) first.First = formatter(state, exception);
    }
}
