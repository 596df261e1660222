using BridgeFramework.Files;
using Microsoft.Extensions.Logging;

namespace BridgeFramework.IotHub;

/// <summary>Asks the hub for the time on every connection.</summary>
/// <remarks>
/// The question is the first thing on a new connection, before the session says that it is online; nobody waits for the
/// answer but binds, whose signatures carry the time (<see cref="SettledAsync"/>).
/// </remarks>
internal sealed partial class HubClock : IDisposable
{
    /// <summary>How often a silent hub is asked again.</summary>
    public static readonly TimeSpan Tick = TimeSpan.FromMinutes(10);

    /// <summary>How long the hub may take to answer.</summary>
    public static readonly TimeSpan AnswerTime = TimeSpan.FromSeconds(5);

    private const int TicksBetweenQuestions = 36; // six hours: a steady counter drifts less than a second in that time
    private static readonly TimeSpan Remarkable = TimeSpan.FromMinutes(1);
    private readonly DeviceIdentity _gateway;
    private readonly LastKnownTime _lastKnown;
    private readonly ILogger _logger;
    private readonly HubInbox _inbox;
    private readonly SemaphoreSlim _one = new(1);
    private Task _settled = Task.CompletedTask;
    private bool _ask;
    private bool _silent; // asked, and left without an answer

    /// <param name="gateway">Who asks.</param>
    /// <param name="ask">Whether at all.</param>
    /// <param name="lastKnown">Where the time begins, and is written down.</param>
    /// <param name="inboxes">Where the answers come.</param>
    /// <param name="system">The system's clock.</param>
    /// <param name="logger">Where to tell of it.</param>
    public HubClock(
        DeviceIdentity gateway, bool ask, LastKnownTime lastKnown, InboxRouter inboxes, TimeProvider system, ILogger logger)
    {
        _gateway = gateway;
        _ask = ask;
        _lastKnown = lastKnown;
        _logger = logger;
        Time = new HubTime(system, lastKnown.Floor);
        _inbox = inboxes.Open(Topic("operation/result"), capacity: 8);
    }

    public HubTime Time { get; }

    /// <summary>The next connection may be to another hub. Between connections.</summary>
    /// <param name="ask">Whether to ask it.</param>
    public void BeginAnew(bool ask) => (_ask, _silent) = (ask, false);

    /// <summary>Keeps the time on one connection, until that is lost. Cannot fail.</summary>
    public async Task KeepAsync(HubConnection connection)
    {
        if (!_ask) return;
        var settled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        // A hub that did not answer on the last connection will not be waited for on this one.
        if (!_silent) Volatile.Write(ref _settled, settled.Task);
        try
        {
            bool granted = await connection.SubscribeAsync(Topic("operation/result"), qos: 0, CancellationToken.None).ConfigureAwait(false);
            if (!granted) LogNoTime(_logger, _gateway);
            bool known = granted && await SynchronizeAsync(connection, connection.Lost).ConfigureAwait(false);
            settled.TrySetResult();
            for (int tick = 1; granted; tick++)
            {
                await Task.Delay(Tick, Time, connection.Lost).ConfigureAwait(false);
                if (!known || tick % TicksBetweenQuestions == 0)
                    known = await SynchronizeAsync(connection, connection.Lost).ConfigureAwait(false);
                _lastKnown.Remember(Time, always: false);
            }
        }
        catch (Exception e) when (e is HubOfflineException or OperationCanceledException)
        {
            // The connection is over.
        }
        catch (Exception e)
        {
            LogGivenUp(_logger, e, _gateway); // the time is a help, not a reason to lose the connection
        }
        finally
        {
            settled.TrySetResult();
        }
    }

    /// <summary>Completes when the hub has told the time on the present connection, or is not going to.</summary>
    public Task SettledAsync(CancellationToken cancellationToken) => Volatile.Read(ref _settled).WaitAsync(cancellationToken);

    /// <summary>Asks the hub for the time now.</summary>
    /// <returns>Whether it told.</returns>
    /// <exception cref="HubOfflineException">The connection ended meanwhile.</exception>
    public async Task<bool> SynchronizeAsync(HubConnection connection, CancellationToken cancellationToken)
    {
        if (!_ask) return false;
        await _one.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            while (_inbox.Messages.TryRead(out _))
            {
                // Late answers: nothing tells which question they belong to.
            }

            long sentAt = Time.GetTimestamp();
            await connection.PublishAsync(Question(), cancellationToken).ConfigureAwait(false);
            using var patience = new CancellationTokenSource(AnswerTime, Time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, connection.Lost, patience.Token);
            try
            {
                Take(await AnswerAsync(connection.Attempt, either.Token).ConfigureAwait(false), sentAt);
                return true;
            }
            catch (OperationCanceledException) when (patience.IsCancellationRequested)
            {
                _silent = true;
                LogSilent(_logger, _gateway, AnswerTime.TotalSeconds);
                return false;
            }
        }
        finally
        {
            _one.Release();
        }
    }

    public void Dispose()
    {
        _inbox.Dispose();
        _one.Dispose();
    }

    private async Task<HubTimeAnswer> AnswerAsync(int attempt, CancellationToken cancellationToken)
    {
        while (true)
        {
            var message = await _inbox.Messages.ReadAsync(cancellationToken).ConfigureAwait(false);
            if (message.Attempt != attempt) continue;
            if (HubTimeAnswer.TryRead(message.Payload, out var answer)) return answer;
            LogUnreadable(_logger, message.Payload.Length);
        }
    }

    private void Take(HubTimeAnswer answer, long sentAt)
    {
        long arrivedAt = Time.GetTimestamp();
        bool first = !Time.IsSynchronized;
        Time.Set(answer.AtArrival(Time.GetElapsedTime(sentAt, arrivedAt)), arrivedAt);
        _silent = false;
        var offset = Time.Offset ?? TimeSpan.Zero;
        if (first && offset.Duration() >= Remarkable)
            LogClockWrong(_logger, Time.GetUtcNow(), Math.Abs(offset.TotalSeconds), offset > TimeSpan.Zero ? "behind" : "ahead");
        else LogTime(_logger, Time.GetUtcNow(), offset.TotalSeconds);
        _lastKnown.Remember(Time, always: false);
    }

    private HubPublish Question() => new()
    {
        Topic = Topic("operation"),
        Payload = HubTimeAnswer.Request(),
        Qos = 0,
        Priority = PublishPriority.GatewayOperation,
    };

    private string Topic(string what) => $"$sys/{what}/{_gateway}";

    [LoggerMessage(2080, LogLevel.Warning, "The hub's time is {Time:u}; the system clock is {Seconds:0} s {Direction}. Signatures and "
        + "certificates go by the hub's time; set the system clock, logs go by that")]
    private static partial void LogClockWrong(ILogger logger, DateTimeOffset time, double seconds, string direction);

    [LoggerMessage(2081, LogLevel.Debug, "The hub's time is {Time:O}; the system clock differs by {Seconds:0.000} s")]
    private static partial void LogTime(ILogger logger, DateTimeOffset time, double seconds);

    [LoggerMessage(2082, LogLevel.Information,
        "The hub did not tell {Gateway} the time within {Seconds:0} s; the system clock is used meanwhile")]
    private static partial void LogSilent(ILogger logger, DeviceIdentity gateway, double seconds);

    [LoggerMessage(2083, LogLevel.Information, "The hub does not let {Gateway} ask for the time (SUBACK 0x80); the system clock is used")]
    private static partial void LogNoTime(ILogger logger, DeviceIdentity gateway);

    [LoggerMessage(2084, LogLevel.Debug, "A message with {Length} bytes on the time topic tells no time")]
    private static partial void LogUnreadable(ILogger logger, int length);

    [LoggerMessage(2087, LogLevel.Warning, "The hub is not asked for the time of {Gateway} any more on this connection")]
    private static partial void LogGivenUp(ILogger logger, Exception exception, DeviceIdentity gateway);
}
