using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace BridgeFramework.Gateway;

/// <summary>Orders by a signal to take over the configuration files, carried out one after another. Of those that come while one is
/// carried out, or before the gateway runs, one is remembered: it goes by the files as they are then.</summary>
internal sealed partial class Reloads(ILogger<Reloads> logger)
{
    private readonly Channel<bool> _orders = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    /// <summary>Gives an order. Never waits.</summary>
    public void Order() => _orders.Writer.TryWrite(true);

    /// <summary>Carries orders out until told to stop; throws for nothing.</summary>
    /// <param name="reload">Takes over the files, and has the log say what came of it.</param>
    /// <param name="stopping">Asks it to stop.</param>
    public async Task CarryOutAsync(Func<CancellationToken, Task> reload, CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                await _orders.Reader.ReadAsync(stopping);
                await reload(stopping);
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception)
            {
                LogFailed(logger, exception);
            }
        }
    }

    [LoggerMessage(5020, LogLevel.Error, "The order to take over the configuration files (SIGHUP) came to nothing")]
    private static partial void LogFailed(ILogger logger, Exception exception);
}
