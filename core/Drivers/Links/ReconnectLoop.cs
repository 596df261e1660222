using Microsoft.Extensions.Logging;

namespace BridgeFramework.Drivers;

/// <summary>Keeps a link up: opens it, lets a session use it, and opens it again after a back-off when it ends.</summary>
/// <remarks>
/// Never more than one stream at a time. After a working link the first attempt comes at once, and if it succeeds nobody hears of
/// it. A link that was opened but never proved to be alive counts as a failure, so a device that accepts and closes does not
/// cause a storm. An outage is logged once, and once when it is over.
/// </remarks>
/// <param name="transport">Opens the link.</param>
/// <param name="backoff">The delays between attempts.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">Takes one line per outage.</param>
public sealed partial class ReconnectLoop(ITransport transport, Backoff backoff, TimeProvider time, ILogger logger)
{
    private bool _outage;
    private bool _alive;

    /// <summary>Keeps the link up until asked to stop.</summary>
    /// <param name="session">Uses the link.</param>
    /// <param name="stopping">Asks to end.</param>
    /// <exception cref="OperationCanceledException">The normal end.</exception>
    public async Task RunAsync(ILinkSession session, CancellationToken stopping)
    {
        ArgumentNullException.ThrowIfNull(session);
        int failures = 0;
        while (true)
        {
            stopping.ThrowIfCancellationRequested();
            _alive = false;
            string reason = await OpenAndServeAsync(session, stopping);
            stopping.ThrowIfCancellationRequested();
            if (_alive)
            {
                failures = 0;
                LogReopening(logger, transport.Endpoint, reason);
                continue;
            }

            session.LinkLost(reason);
            if (!_outage) LogDown(logger, transport.Endpoint, reason, backoff.First.TotalSeconds, backoff.Max.TotalSeconds);
            _outage = true;
            await Task.Delay(backoff.For(++failures), time, stopping);
        }
    }

    private async Task<string> OpenAndServeAsync(ILinkSession session, CancellationToken stopping)
    {
        try
        {
            await using var stream = await transport.OpenAsync(stopping);
            return await session.ServeAsync(stream, Alive, stopping);
        }
        catch (Exception e) when (e is IOException or LinkDownException)
        {
            return e.Message;
        }
    }

    private void Alive()
    {
        if (_alive) return;
        _alive = true;
        if (_outage) LogUp(logger, transport.Endpoint);
        _outage = false;
    }

    [LoggerMessage(5001, LogLevel.Warning, "Link to {Endpoint} is down: {Reason} Trying again every {First} s to {Max} s until it is back")]
    private static partial void LogDown(ILogger logger, string endpoint, string reason, double first, double max);

    [LoggerMessage(5002, LogLevel.Information, "Link to {Endpoint} is back")]
    private static partial void LogUp(ILogger logger, string endpoint);

    [LoggerMessage(5003, LogLevel.Debug, "Link to {Endpoint} ended, opening it again: {Reason}")]
    private static partial void LogReopening(ILogger logger, string endpoint, string reason);
}
