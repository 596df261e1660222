using Microsoft.Extensions.Logging;

namespace BridgeFramework.IotHub;

/// <summary>Makes one connection after another, each with the newest options, and serves it to its end.</summary>
/// <param name="settings">What it goes by.</param>
/// <param name="transport">Opens connections.</param>
/// <param name="jitter">Random numbers, 0 up to but not 1.</param>
/// <param name="clock">Is asked on every connection.</param>
/// <param name="inboxes">Take what the hub sends.</param>
/// <param name="subscriptions">Are made on every connection.</param>
/// <param name="status">Shows what happens.</param>
/// <param name="time">Clock and timers.</param>
/// <param name="logger">Logs faults.</param>
internal sealed partial class SessionLoop(
    SessionSettings settings,
    IHubTransport transport,
    Func<double> jitter,
    HubClock clock,
    InboxRouter inboxes,
    Subscriptions subscriptions,
    StatusBoard status,
    TimeProvider time,
    ILogger logger)
{
    private static readonly TimeSpan GoodbyePatience = TimeSpan.FromSeconds(2);
    private readonly Reconnection _reconnection = new(settings, jitter);

    /// <summary>Connects, and reconnects for ever, until told to stop.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        settings.Renew();
        BeginAnew();
        status.Become(HubSessionEvent.Start);
        while (true)
        {
            using (var end = CancellationTokenSource.CreateLinkedTokenSource(stopping, settings.Outdated))
            {
                if (await AttemptAsync(end.Token).ConfigureAwait(false) is { } fault)
                    await BackOffAsync(fault, end.Token).ConfigureAwait(false);
            }

            if (stopping.IsCancellationRequested) return;
            bool isChanged = settings.Renew();
            if (isChanged) BeginAnew();
            status.Become(isChanged ? HubSessionEvent.SettingsChanged : HubSessionEvent.RetryDue);
        }
    }

    // What was learned with other settings says nothing of these.
    private void BeginAnew()
    {
        _reconnection.BeginAnew();
        clock.BeginAnew(settings.InUse.SynchronizeTime);
    }

    /// <summary>One connection from its first byte to its last.</summary>
    /// <returns>Why it is over; null when it was told to end.</returns>
    private async Task<HubFault?> AttemptAsync(CancellationToken ending)
    {
        var options = settings.InUse;
        int attempt = status.Current.Attempt;
        var liveness = new Liveness(options.KeepAlive, options.AnswerTime, time);
        var dialer = new HubDialer(options, transport, clock.Time);
        var keepingTime = Task.CompletedTask;
        try
        {
            var link = await dialer.ConnectAsync((topic, qos, payload) => Receive(attempt, liveness, topic, qos, payload), ending)
                .ConfigureAwait(false);
            var connection = new HubConnection(link, attempt, liveness, options.ConnectionTerms, time, logger);
            await using var closing = connection.ConfigureAwait(false);
            settings.Limit(connection);
            keepingTime = clock.KeepAsync(connection);
            return await ServeAsync(connection, ending).ConfigureAwait(false);
        }
        catch (HubConnectException e) when (!ending.IsCancellationRequested)
        {
            _reconnection.NotConnected();
            LogConnectFailed(logger, attempt, e.Kind, e.InnerException);
            return new HubFault(e.Kind, e.Message, time.GetUtcNow());
        }
        catch (Exception e) when (ending.IsCancellationRequested)
        {
            LogGivenUp(logger, attempt, e); // credentials and libraries have their own ways to say that they were cancelled
            return null;
        }
        finally
        {
            await keepingTime.ConfigureAwait(false); // ends with the connection, without fail
        }
    }

    private async Task<HubFault?> ServeAsync(HubConnection connection, CancellationToken ending)
    {
        try
        {
            var refused = await subscriptions.RestoreAsync(connection, ending).ConfigureAwait(false);
            long upAt = time.GetTimestamp(); // before anybody hears of it
            if (!connection.Ended.IsCompleted) status.Become(HubSessionEvent.Ready, refused: refused);
            var fault = await connection.Ended.WaitAsync(ending).ConfigureAwait(false);
            return _reconnection.Ended(fault, connection.EndedByHub, time.GetElapsedTime(upAt), time.GetElapsedTime(0));
        }
        catch (HubOfflineException) when (!ending.IsCancellationRequested)
        {
            var fault = await connection.Ended.ConfigureAwait(false);
            return _reconnection.Ended(fault, connection.EndedByHub, stood: TimeSpan.Zero, time.GetElapsedTime(0));
        }
        catch (OperationCanceledException) when (ending.IsCancellationRequested)
        {
            subscriptions.Lost();
            await connection.DisconnectAsync(GoodbyePatience).ConfigureAwait(false);
            return null;
        }
        finally
        {
            subscriptions.Lost();
        }
    }

    private async Task BackOffAsync(HubFault fault, CancellationToken ending)
    {
        var delay = _reconnection.NextDelay(fault.Kind);
        status.Become(HubSessionEvent.Failed, fault, delay);
        await Task.Delay(delay, time, ending).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private void Receive(int attempt, Liveness liveness, string topic, int qos, ReadOnlyMemory<byte> payload)
    {
        liveness.Heard();
        int limit = settings.Newest.MaxInboundPayload;
        if (payload.Length > limit)
        {
            LogOversized(logger, topic, payload.Length, limit);
            return;
        }

        inboxes.Deliver(new HubMessage { Topic = topic, Payload = payload, Qos = qos, ReceivedAt = time.GetUtcNow(), Attempt = attempt });
    }

    [LoggerMessage(2004, LogLevel.Warning, "A message on '{Topic}' with {Length} bytes was dropped; at most {Limit} are taken")]
    private static partial void LogOversized(ILogger logger, string topic, int length, int limit);

    [LoggerMessage(2007, LogLevel.Debug, "Attempt {Attempt} failed ({Kind})")]
    private static partial void LogConnectFailed(ILogger logger, int attempt, HubFaultKind kind, Exception? exception);

    [LoggerMessage(2010, LogLevel.Debug, "Attempt {Attempt} was given up")]
    private static partial void LogGivenUp(ILogger logger, int attempt, Exception exception);
}
