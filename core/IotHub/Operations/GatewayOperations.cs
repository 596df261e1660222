using System.Numerics;
using System.Security.Cryptography;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace BridgeFramework.IotHub;

/// <summary>Asks the hub to bind, unbind, show and hide sub-devices, and hears what the hub says about them.</summary>
/// <remarks>
/// <para>
/// The protocol has no request id, so at most one request for each operation and sub-device is under way: a second caller with
/// the same wish gets the same outcome. A request without answer is sent again; all operations may be repeated harmlessly.
/// A caller that gives up does not stop the request.
/// </para>
/// <para>
/// Every operation throws <see cref="HubOfflineException"/> at once when the session is or goes offline (outcome unknown),
/// <see cref="TimeoutException"/> when the hub left every attempt unanswered, and <see cref="GatewayOperationException"/> when it
/// refused. Members may be called from any thread. Make it before the session runs, so that answers are heard from the start.
/// </para>
/// </remarks>
public sealed partial class GatewayOperations : IAsyncDisposable
{
    private const int WaitingAcknowledgements = 64;
    private readonly HubSession _session;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly GatewayOperationsOptions _options;
    private readonly HubInbox _inbox;
    private readonly PendingAnswers _pending = new();
    private readonly SharedCalls _calls = new();
    private readonly Channel<GatewayNotification> _notifications;
    private readonly Channel<byte[]> _acknowledgements;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _subscribed;
    private readonly Task _loops;
    private long _unread;
    private int _disposed;

    /// <summary>Begins to listen, with default options.</summary>
    /// <inheritdoc cref="GatewayOperations(HubSession, TimeProvider, ILogger{GatewayOperations}, GatewayOperationsOptions)"/>
    public GatewayOperations(HubSession session, TimeProvider time, ILogger<GatewayOperations> logger)
        : this(session, time, logger, new GatewayOperationsOptions())
    {
    }

    /// <summary>Begins to listen on the session's result topic.</summary>
    /// <param name="session">The gateway's session; not disposed with this.</param>
    /// <param name="time">Clock of bind signatures and timeouts.</param>
    /// <param name="logger">Where refusals and foreign answers are told.</param>
    /// <param name="options">Timeouts and dialect.</param>
    public GatewayOperations(
        HubSession session, TimeProvider time, ILogger<GatewayOperations> logger, GatewayOperationsOptions options)
    {
        ArgumentNullException.ThrowIfNull(session);
        ArgumentNullException.ThrowIfNull(options);
        if (options.Problem() is { } problem) throw new ArgumentException(problem, nameof(options));
        _session = session;
        _time = time;
        _logger = logger;
        _options = options;
        _notifications = Channel.CreateBounded<GatewayNotification>(options.NotificationCapacity);
        // The hub needs no acknowledgement to go on; a flood of notifications must not become a flood of ours.
        _acknowledgements = Channel.CreateBounded<byte[]>(
            new BoundedChannelOptions(WaitingAcknowledgements) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });
        _inbox = session.OpenInbox(GatewayTopics.Result(session.Gateway));
        _subscribed = SubscribeAsync();
        _loops = Task.WhenAll(HearAsync(), AcknowledgeAsync());
    }

    /// <summary>
    /// What the hub says unasked, in order, for one reader. Bounded: if it overflows, everything waiting is replaced by one
    /// <see cref="NotificationsMissed"/>. Completes when this is disposed.
    /// </summary>
    public ChannelReader<GatewayNotification> Notifications => _notifications.Reader;

    /// <summary>Tells the hub that a sub-device can be reached. Repeating it is harmless.</summary>
    /// <param name="device">The sub-device.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="GatewayOperationException">Refused; <see cref="GatewayResultCode.NotBound"/> means: bind first.</exception>
    public Task OnlineAsync(DeviceIdentity device, CancellationToken cancellationToken) =>
        ForDeviceAsync(GatewayOperationKind.Online, device, alsoFine: null, cancellationToken);

    /// <summary>Tells the hub that a sub-device cannot be reached.</summary>
    /// <inheritdoc cref="OnlineAsync"/>
    public Task OfflineAsync(DeviceIdentity device, CancellationToken cancellationToken) =>
        ForDeviceAsync(GatewayOperationKind.Offline, device, alsoFine: null, cancellationToken);

    /// <summary>Takes a sub-device from this gateway. One that is not bound is fine.</summary>
    /// <inheritdoc cref="OnlineAsync" path="/param"/>
    /// <exception cref="GatewayOperationException">Refused.</exception>
    public Task UnbindAsync(DeviceIdentity device, CancellationToken cancellationToken) =>
        ForDeviceAsync(GatewayOperationKind.Unbind, device, GatewayResultCode.NotBound, cancellationToken);

    /// <summary>Puts a sub-device under this gateway. One that already is, is fine.</summary>
    /// <param name="device">The sub-device.</param>
    /// <param name="secret">Its own secret, as proof.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="GatewayOperationException">
    /// Refused. <see cref="GatewayResultCode.SignatureExpired"/> is transient: with the clock set right it will pass.
    /// </exception>
    public async Task BindAsync(DeviceIdentity device, DeviceSecret secret, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(secret);
        var key = new OperationKey(GatewayOperationKind.Bind, device);
        var reply = await _calls.JoinOrStartAsync(key, secret, () => BindAsync(key, secret), cancellationToken).ConfigureAwait(false);
        Check(key, reply, GatewayResultCode.AlreadyBound);
    }

    /// <summary>Asks which sub-devices are bound to this gateway.</summary>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <returns>Each once. May be a part only: the hub's messages end at 16 KB and it does not page. A missing one proves nothing.</returns>
    public async Task<IReadOnlyList<DeviceIdentity>> DescribeAsync(CancellationToken cancellationToken)
    {
        var key = new OperationKey(GatewayOperationKind.Describe, default);
        var reply = await _calls.JoinOrStartAsync(key, wish: null, () => AskAsync(key, GatewayRequest.Describe), cancellationToken)
            .ConfigureAwait(false);
        return reply.Devices;
    }

    /// <summary>Stops listening; what is under way ends as offline.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0) return;
        await _stopping.CancelAsync().ConfigureAwait(false);
        _inbox.Dispose();
        await _loops.ConfigureAwait(false);
        await _subscribed.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _notifications.Writer.TryComplete();
        _stopping.Dispose();
    }

    private async Task ForDeviceAsync(GatewayOperationKind kind, DeviceIdentity device, int? alsoFine, CancellationToken cancellationToken)
    {
        var key = new OperationKey(kind, device);
        var reply = await _calls.JoinOrStartAsync(
            key, wish: null, () => AskAsync(key, () => GatewayRequest.ForDevice(kind, device)), cancellationToken).ConfigureAwait(false);
        Check(key, reply, alsoFine);
    }

    private void Check(OperationKey key, OperationReply reply, int? alsoFine)
    {
        if (reply.Code == GatewayResultCode.Success) return;
        if (reply.Code != alsoFine) throw new GatewayOperationException(key.Kind, key.Device, reply.Code);
        LogAlreadySo(_logger, key.Kind, key.Device, reply.Code);
    }

    private async Task<OperationReply> BindAsync(OperationKey key, DeviceSecret secret)
    {
        var reply = await AskAsync(key, () => Request(_options.BindMethod)).ConfigureAwait(false);
        return reply.Code == GatewayResultCode.UnsupportedMethod
            ? await AskAsync(key, () => Request(_options.BindMethod.Other())).ConfigureAwait(false)
            : reply;

        // Signed anew for each attempt: the timestamp must be of now.
        byte[] Request(HmacMethod method) => GatewayRequest.Bind(
            key.Device, secret, RandomNumberGenerator.GetInt32(int.MaxValue), _time.GetUtcNow().ToUnixTimeSeconds(), method);
    }

    private async Task<OperationReply> AskAsync(OperationKey key, Func<byte[]> request)
    {
        await _subscribed.ConfigureAwait(false);
        for (int attempt = 1; ; attempt++)
        {
            var lost = _session.ConnectionLost ?? throw Offline(key, cause: null);
            using var end = CancellationTokenSource.CreateLinkedTokenSource(lost, _stopping.Token);
            var reply = _pending.Expect(key);
            try
            {
                await PublishAsync(request(), qos: 1, end.Token).ConfigureAwait(false);
                return await reply.WaitAsync(_options.AnswerTimeout, _time, end.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException e) when (end.IsCancellationRequested)
            {
                throw Offline(key, e);
            }
            catch (TimeoutException e)
            {
                LogUnanswered(_logger, key.Kind, key.Device, attempt, _options.Attempts);
                if (attempt == _options.Attempts)
                    throw new TimeoutException($"The hub did not answer {Describe(key)}, asked {attempt} times.", e);
            }
            finally
            {
                _pending.Forget(key);
            }
        }
    }

    private async Task SubscribeAsync()
    {
        try
        {
            await _session.SubscribeAsync(GatewayTopics.Result(_session.Gateway), qos: 1, _stopping.Token).ConfigureAwait(false);
        }
        catch (HubOfflineException)
        {
            // Remembered: made on the next connection.
        }
    }

    private Task PublishAsync(byte[] payload, int qos, CancellationToken cancellationToken) => _session.PublishAsync(
        new HubPublish
        {
            Topic = GatewayTopics.Operation(_session.Gateway),
            Payload = payload,
            Qos = qos,
            Priority = PublishPriority.GatewayOperation,
        },
        cancellationToken);

    private async Task HearAsync()
    {
        await foreach (var message in _inbox.Messages.ReadAllAsync(CancellationToken.None).ConfigureAwait(false))
        {
            if (GatewayDownlink.TryRead(message.Payload, out var downlink, out string? problem)) Take(downlink);
            else Warn(problem, message.Payload.Length);
        }
    }

    private void Take(GatewayDownlink downlink)
    {
        switch (downlink)
        {
            case GatewayDownlink.Answer answer:
                if (answer.Unreadable > 0) Warn($"an answer to {answer.Kind} with {answer.Unreadable} unreadable entries", length: 0);
                foreach (var (device, code) in answer.Results) Complete(new OperationKey(answer.Kind, device), new OperationReply(code, []));
                break;
            case GatewayDownlink.List list:
                if (list.Unreadable > 0) Warn($"a list with {list.Unreadable} unreadable entries", length: 0);
                Complete(new OperationKey(GatewayOperationKind.Describe, default), new OperationReply(GatewayResultCode.Success, list.Devices));
                break;
            case GatewayDownlink.Notified(var notification):
                LogNotification(_logger, notification.GetType().Name);
                Notify(notification);
                if (GatewayRequest.Acknowledge(notification, _options.Acknowledgement) is { } acknowledgement)
                    _acknowledgements.Writer.TryWrite(acknowledgement);
                break;
        }
    }

    private void Complete(OperationKey key, OperationReply reply)
    {
        if (!_pending.Complete(key, reply)) LogForeign(_logger, key.Kind, key.Device, reply.Code);
    }

    private void Notify(GatewayNotification notification)
    {
        if (_notifications.Writer.TryWrite(notification)) return;
        // Nobody reads fast enough. One line that says so is worth more than some of many.
        LogNotificationsMissed(_logger, _options.NotificationCapacity);
        while (_notifications.Reader.TryRead(out _))
        {
        }

        _notifications.Writer.TryWrite(new NotificationsMissed());
    }

    private async Task AcknowledgeAsync()
    {
        try
        {
            await foreach (byte[] acknowledgement in _acknowledgements.Reader.ReadAllAsync(_stopping.Token).ConfigureAwait(false))
            {
                try
                {
                    await PublishAsync(acknowledgement, qos: 0, _stopping.Token).ConfigureAwait(false);
                }
                catch (Exception e) when (e is HubOfflineException or TimeoutException or ArgumentException)
                {
                    LogAcknowledgementLost(_logger, e); // the hub does not insist on it
                }
            }
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // Disposed.
        }
    }

    // At 1, 2, 4, 8 …: whoever sends garbage must not fill the log.
    private void Warn(string problem, int length)
    {
        if (BitOperations.IsPow2(++_unread)) LogUnreadable(_logger, problem, length, _unread);
    }

    private static string Describe(OperationKey key) =>
        key.Kind == GatewayOperationKind.Describe ? key.Kind.WireName() : $"{key.Kind.WireName()} of {key.Device}";

    private HubOfflineException Offline(OperationKey key, Exception? cause) => new(
        $"{Describe(key)}: the hub session of {_session.Gateway} went offline before the hub answered; the outcome is unknown.", cause);

    [LoggerMessage(2060, LogLevel.Warning, "Unreadable message on the result topic: {Problem} ({Length} bytes); {Count} such messages so far")]
    private static partial void LogUnreadable(ILogger logger, string problem, int length, long count);

    [LoggerMessage(2061, LogLevel.Debug, "Nobody waits for {Kind} of {Device} (result {Code}): late or foreign, dropped")]
    private static partial void LogForeign(ILogger logger, GatewayOperationKind kind, DeviceIdentity device, int code);

    [LoggerMessage(2062, LogLevel.Warning, "No answer to {Kind} of {Device}, attempt {Attempt} of {Attempts}")]
    private static partial void LogUnanswered(ILogger logger, GatewayOperationKind kind, DeviceIdentity device, int attempt, int attempts);

    [LoggerMessage(2063, LogLevel.Information, "{Kind} of {Device} was so already (result {Code})")]
    private static partial void LogAlreadySo(ILogger logger, GatewayOperationKind kind, DeviceIdentity device, int code);

    [LoggerMessage(2064, LogLevel.Information, "The hub says: {Notification}")]
    private static partial void LogNotification(ILogger logger, string notification);

    [LoggerMessage(2065, LogLevel.Warning, "More than {Capacity} notifications were waiting; they are replaced by one that asks to look for oneself")]
    private static partial void LogNotificationsMissed(ILogger logger, int capacity);

    [LoggerMessage(2066, LogLevel.Debug, "An acknowledgement was not sent")]
    private static partial void LogAcknowledgementLost(ILogger logger, Exception exception);
}
