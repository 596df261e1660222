using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace BridgeFramework.Runtime;

/// <summary>What is done about plugins, one thing after another.</summary>
internal sealed partial class PluginWork(ILogger logger)
{
    // Unbounded: its writers are the watch, which waits for each answer, the operator's orders, which do so
    // too, and one trial and one load for each plugin.
    private readonly Channel<Func<CancellationToken, Task>> _work = Channel.CreateUnbounded<Func<CancellationToken, Task>>(
        new UnboundedChannelOptions { SingleReader = true });

    /// <summary>Does it until told to stop.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        try
        {
            await foreach (var work in _work.Reader.ReadAllAsync(stopping)) await work(stopping);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The normal end. Who still waits for a turn must hear that there is none.
            _work.Writer.Complete();
            while (_work.Reader.TryRead(out var left)) await left(stopping);
        }
    }

    /// <summary>Has something done, and waits for nothing. A mistake of ours in it must not end the loop.</summary>
    public void Post(Func<CancellationToken, Task> work) => _work.Writer.TryWrite(async stopping =>
    {
        try
        {
            if (!stopping.IsCancellationRequested) await work(stopping);
        }
        catch (Exception exception) when (!stopping.IsCancellationRequested)
        {
            LogMistake(logger, exception, "the end of a trial or of a load");
        }
    });

    /// <summary>Has something done, and waits for it.</summary>
    /// <exception cref="OperationCanceledException">The wait was given up, or its turn does not come: the loop was told to
    /// stop.</exception>
    public async Task<T> DoAsync<T>(Func<CancellationToken, Task<T>> what, CancellationToken cancellationToken)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        cancellationToken.ThrowIfCancellationRequested();
        bool isTaken = _work.Writer.TryWrite(async stopping =>
        {
            try
            {
                stopping.ThrowIfCancellationRequested();
                done.TrySetResult(await what(stopping));
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                done.TrySetCanceled(stopping);
            }
            catch (Exception exception)
            {
                done.TrySetException(exception);
            }
        });
        if (!isTaken) throw new OperationCanceledException("It has been stopped: nothing is done any more.");
        return await done.Task.WaitAsync(cancellationToken);
    }

    /// <summary>Something of it went wrong by a mistake of ours, which ends neither the watch nor the gateway.</summary>
    [LoggerMessage(4520, LogLevel.Error,
        "Plugins: {What} could not be dealt with, and is left as it is. This is a mistake of the gateway, please report it")]
    public static partial void LogMistake(ILogger logger, Exception exception, string what);
}
