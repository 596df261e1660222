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
    private readonly HubSession _session;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly GatewayOperationsOptions _options;
    private readonly PendingAnswers _pending = new();
    private readonly SharedCalls _calls = new();
    private readonly GatewayListener _listener;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _subscribed;
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
#pragma warning disable IDISP004 // the listener owns the inbox
        _listener = new GatewayListener(
            session.OpenInbox(GatewayTopics.Result(session.Gateway)), _pending, options, (payload, ct) => PublishAsync(payload, qos: 0, ct), logger);
#pragma warning restore IDISP004
        _subscribed = SubscribeAsync();
    }

    /// <summary>
    /// What the hub says unasked, in order, for one reader. Bounded: if it overflows, everything waiting is replaced by one
    /// <see cref="NotificationsMissed"/>. Completes when this is disposed.
    /// </summary>
    public ChannelReader<GatewayNotification> Notifications => _listener.Notifications;

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
        await _listener.DisposeAsync().ConfigureAwait(false);
        await _subscribed.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
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
        LogAlreadySo(_logger, key, reply.Code);
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
                LogUnanswered(_logger, key, attempt, _options.Attempts);
                if (attempt == _options.Attempts)
                    throw new TimeoutException($"The hub did not answer {key}, asked {attempt} times.", e);
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

    private HubOfflineException Offline(OperationKey key, Exception? cause) => new(
        $"{key}: the hub session of {_session.Gateway} went offline before the hub answered; the outcome is unknown.", cause);

    [LoggerMessage(2062, LogLevel.Warning, "No answer to {Operation}, attempt {Attempt} of {Attempts}")]
    private static partial void LogUnanswered(ILogger logger, OperationKey operation, int attempt, int attempts);

    [LoggerMessage(2063, LogLevel.Information, "{Operation} was so already (result {Code})")]
    private static partial void LogAlreadySo(ILogger logger, OperationKey operation, int code);
}
