using Microsoft.Extensions.Logging;

namespace BridgeFramework.Runtime;

/// <summary>Starts stages one after another, and stops them in the opposite order. One that fails to stop keeps no other from it.</summary>
/// <remarks>Its two methods are never called at the same time.</remarks>
internal sealed partial class StagedLifetime(TimeProvider time, ILogger<StagedLifetime> logger)
{
    private readonly Stack<(string Name, IAsyncDisposable Undo)> _started = new();

    /// <summary>Starts stages. When one fails, those before it are stopped, and its exception is thrown.</summary>
    public async Task StartAsync(IEnumerable<Stage> stages, CancellationToken cancellationToken)
    {
        foreach (var stage in stages)
        {
            long begun = time.GetTimestamp();
            try
            {
                cancellationToken.ThrowIfCancellationRequested();
                _started.Push((stage.Name, await stage.Start(cancellationToken)));
            }
            catch (Exception exception)
            {
                // Whoever started it says it to the user: here it is told where the start ended.
                LogNotStarted(logger, stage.Name, exception.Message);
                await StopAsync();
                throw;
            }

            LogStarted(logger, stage.Name, time.GetElapsedTime(begun).TotalMilliseconds);
        }
    }

    /// <summary>Stops what was started. Never throws.</summary>
    public async Task StopAsync()
    {
        while (_started.TryPop(out var stage))
        {
            long begun = time.GetTimestamp();
            try
            {
                await stage.Undo.DisposeAsync();
                LogStopped(logger, stage.Name, time.GetElapsedTime(begun).TotalMilliseconds);
            }
            catch (Exception exception)
            {
                LogNotStopped(logger, exception, stage.Name);
            }
        }
    }

    [LoggerMessage(4421, LogLevel.Debug, "Start: {Stage}, {Milliseconds:0} ms")]
    private static partial void LogStarted(ILogger logger, string stage, double milliseconds);

    [LoggerMessage(4422, LogLevel.Debug, "The start ends at stage '{Stage}': {Reason}")]
    private static partial void LogNotStarted(ILogger logger, string stage, string reason);

    [LoggerMessage(4423, LogLevel.Debug, "Stop: {Stage}, {Milliseconds:0} ms")]
    private static partial void LogStopped(ILogger logger, string stage, double milliseconds);

    [LoggerMessage(4424, LogLevel.Error, "Stage '{Stage}' did not stop as it should; the others stop all the same")]
    private static partial void LogNotStopped(ILogger logger, Exception exception, string stage);
}
