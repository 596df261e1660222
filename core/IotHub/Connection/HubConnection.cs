using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace BridgeFramework.IotHub;

/// <summary>
/// One established connection and all that dies with it: its queue, its window, its watchdog. The next connection is another
/// object, so the last words of this one cannot disturb it.
/// </summary>
internal sealed partial class HubConnection : IAsyncDisposable
{
    private static readonly TimeSpan LongestTick = TimeSpan.FromSeconds(1);
    private readonly IHubLink _link;
    private readonly ConnectionTerms _terms;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Liveness _liveness;
    private readonly PublishQueue _queue;
    private readonly TokenBucket _bucket;
    private readonly PublishWindow _window;
    private readonly TaskCompletionSource<HubFault> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _lost = new();
    private readonly Task _loops;
    private int _disposed;

    public HubConnection(IHubLink link, int attempt, Liveness liveness, ConnectionTerms terms, TimeProvider time, ILogger logger)
    {
        _link = link;
        Attempt = attempt;
        _liveness = liveness;
        _terms = terms;
        _time = time;
        _logger = logger;
        _queue = new PublishQueue(terms.QueueCapacity);
        _bucket = new TokenBucket(terms.Pace, time);
        _window = new PublishWindow(terms.Window, terms.PublishDeadline, time);
        Lost = _lost.Token;
        _loops = Task.WhenAll(PumpAsync(), WatchAsync(), HearEndAsync());
    }

    public int Attempt { get; }

    /// <summary>Completes, and never fails, with the reason why this connection is over.</summary>
    public Task<HubFault> Ended => _ended.Task;

    /// <summary>Whether the other side ended it, once it has <see cref="Ended"/>.</summary>
    public bool EndedByHub { get; private set; }

    /// <summary>Cancelled when this connection is over. Stays usable after disposal.</summary>
    public CancellationToken Lost { get; }

    /// <summary>Changes how fast and how much at once it publishes.</summary>
    public void Apply(PublishPace pace, int window)
    {
        _bucket.Apply(pace);
        _window.Resize(window);
    }

    public Task PublishAsync(HubPublish publish, CancellationToken cancellationToken) =>
        PublishAsync(publish.Priority, () => publish, cancellationToken);

    /// <inheritdoc cref="HubSession.PublishNextAsync"/>
    public async Task<bool> PublishAsync(PublishPriority priority, Func<HubPublish?> make, CancellationToken cancellationToken)
    {
        var item = new PendingPublish(priority, make);
        try
        {
            await _queue.AddAsync(item, cancellationToken).ConfigureAwait(false);
        }
        catch (ChannelClosedException e)
        {
            throw NotSent(item, e);
        }

        using var registration = cancellationToken.UnsafeRegister(
            static (state, token) => ((PendingPublish)state!).Cancel(token), item); // state is the item
        return await item.Completion.ConfigureAwait(false);
    }

    /// <returns>Whether the hub granted it.</returns>
    public Task<bool> SubscribeAsync(string topic, int qos, CancellationToken cancellationToken) =>
        AskAsync(() => _link.SubscribeAsync(topic, qos, cancellationToken), $"subscription to '{topic}'", cancellationToken);

    public Task UnsubscribeAsync(string topic, CancellationToken cancellationToken) => AskAsync(
        async () =>
        {
            await _link.UnsubscribeAsync(topic, cancellationToken).ConfigureAwait(false);
            return true;
        },
        $"end of the subscription to '{topic}'",
        cancellationToken);

    /// <summary>Closes in good order; what is still unconfirmed fails.</summary>
    public async Task DisconnectAsync(TimeSpan patience)
    {
        End(HubFaultKind.Lost, "The session has ended it.");
        using var deadline = new CancellationTokenSource(patience, _time);
        try
        {
            await _link.DisconnectAsync(deadline.Token).WaitAsync(deadline.Token).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            LogGoodbyeFailed(_logger, e, Attempt); // it is over either way
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0) return;
        End(HubFaultKind.Lost, "The connection was closed.");
#pragma warning disable IDISP007 // handed over: a connection owns its link
        await _link.DisposeAsync().ConfigureAwait(false);
#pragma warning restore IDISP007
        await _loops.ConfigureAwait(false);
        foreach (var item in _window.InFlight()) item.Fail(WithoutConfirmation(item, cause: null));
        foreach (var item in _queue.Close()) item.Fail(NotSent(item, cause: null));
        _lost.Dispose();
    }

    private async Task<T> AskAsync<T>(Func<Task<T>> ask, string what, CancellationToken cancellationToken)
    {
        _liveness.Asked();
        try
        {
            var answer = await ask().WaitAsync(Lost).ConfigureAwait(false);
            _liveness.Answered();
            return answer;
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new HubOfflineException($"The connection to the hub ended before the {what} was confirmed.", e);
        }
    }

    // The one loop that writes publishes, so that they leave in order.
    private async Task PumpAsync()
    {
        try
        {
            while (true)
            {
                await _queue.WaitAsync(Lost).ConfigureAwait(false);
                await _window.WaitAsync(Lost).ConfigureAwait(false);
                await _bucket.TakeAsync(Lost).ConfigureAwait(false);
                if (_ended.Task.IsCompleted) return; // decided, though Lost may not be cancelled yet
                var item = _queue.Take(); // only now, so that the most urgent goes
                if (!item.TryMake())
                {
                    _bucket.GiveBack();
                    _window.GiveBack();
                    continue;
                }

                var sent = SendAsync(item); // cannot fail
                // Written before the next one is begun.
                if (item.Publish.Qos == 0) await sent.WaitAsync(Lost).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (Lost.IsCancellationRequested)
        {
            // The connection is over.
        }
    }

    private async Task SendAsync(PendingPublish item)
    {
        _window.Enter(item);
        if (item.Publish.Qos > 0) _liveness.Asked();
        try
        {
            // Never cancelled: half a packet would be the end of the connection. Its end fails this call.
            await _link.PublishAsync(item.Publish, CancellationToken.None).ConfigureAwait(false);
            if (item.Publish.Qos > 0) _liveness.Answered();
            item.Confirm();
        }
        catch (Exception e)
        {
            item.Fail(WithoutConfirmation(item, e));
            // Before its place is free again: nothing more is written to a dead connection.
            if (_link.Closed.IsCompleted) await HearEndAsync().ConfigureAwait(false);
        }

        _window.Leave(item);
    }

    private async Task HearEndAsync()
    {
        var end = await _link.Closed.ConfigureAwait(false);
        if (!_ended.Task.IsCompleted) EndedByHub = end.ByHub;
        End(HubFaultKind.Lost, $"The connection to {_terms.Endpoint} was lost: {end.How}.");
    }

    // Every tick: has a publish passed its deadline, does the hub still answer.
    private async Task WatchAsync()
    {
        var shortest = _terms.AnswerTime < _terms.PublishDeadline ? _terms.AnswerTime : _terms.PublishDeadline;
        var tick = shortest / 4 < LongestTick ? shortest / 4 : LongestTick;
        using var timer = new PeriodicTimer(tick, _time);
        try
        {
            while (await timer.WaitForNextTickAsync(Lost).ConfigureAwait(false))
            {
                _window.Expire();
                if (_window.IsStuck)
                    End(HubFaultKind.Frozen,
                        $"{_terms.Endpoint} left {_window.Unconfirmed} publishes unconfirmed; the connection is given up.");
                var verdict = _liveness.Judge();
                if (verdict == LinkVerdict.Dead)
                    End(HubFaultKind.Frozen, $"{_terms.Endpoint} holds the connection but no longer answers; it is given up.");
                if (verdict == LinkVerdict.AskNow) _ = PingAsync(); // cannot fail
            }
        }
        catch (OperationCanceledException) when (Lost.IsCancellationRequested)
        {
            // The connection is over.
        }
    }

    private async Task PingAsync()
    {
        _liveness.Asked();
        try
        {
            await _link.PingAsync(Lost).ConfigureAwait(false);
            _liveness.Answered();
        }
        catch (Exception e)
        {
            LogPingFailed(_logger, e, Attempt); // the watchdog or the end of the link says the rest
        }
    }

    private static HubOfflineException WithoutConfirmation(PendingPublish item, Exception? cause) =>
        new($"The connection to the hub ended before it confirmed {item.Name}.", cause);

    private static HubOfflineException NotSent(PendingPublish item, Exception? cause) =>
        new($"The connection to the hub ended before {item.Name} was sent.", cause);

    private void End(HubFaultKind kind, string message)
    {
        if (_ended.TrySetResult(new HubFault(kind, message, _time.GetUtcNow()))) _lost.Cancel();
    }

    [LoggerMessage(2020, LogLevel.Debug, "Connection {Attempt}: no answer to a ping")]
    private static partial void LogPingFailed(ILogger logger, Exception exception, int attempt);

    [LoggerMessage(2021, LogLevel.Debug, "Connection {Attempt}: the hub did not hear the goodbye")]
    private static partial void LogGoodbyeFailed(ILogger logger, Exception exception, int attempt);
}
