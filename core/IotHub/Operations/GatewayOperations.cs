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
    private readonly PendingAnswers _pending = new();
    private readonly SharedCalls _calls = new();
    private readonly RequestBatcher _batcher;
    private readonly GatewayListener _listener;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _subscribed;
    private volatile GatewayOperationsOptions _options;
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
        _batcher = new RequestBatcher(options.BatchSize, payload => PublishAsync(payload, qos: 1, _stopping.Token));
#pragma warning disable IDISP004 // the listener owns the inbox
        _listener = new GatewayListener(
            session.OpenInbox(GatewayTopics.Result(session.Gateway)), _pending, options, (payload, ct) =>
                PublishAsync(payload, qos: 0, ct), logger);
#pragma warning restore IDISP004
        _subscribed = SubscribeAsync();
    }

    /// <summary>
    /// What the hub says unasked, in order, for one reader. Bounded: if it overflows, everything waiting is replaced by one
    /// <see cref="NotificationsMissed"/>. Completes when this is disposed.
    /// </summary>
    public ChannelReader<GatewayNotification> Notifications => _listener.Notifications;

    /// <summary>Goes by other options from the next message on; what is under way is not disturbed.</summary>
    /// <param name="options">Timeouts and dialect.</param>
    /// <exception cref="ArgumentException">An option is out of range, or
    /// <see cref="GatewayOperationsOptions.NotificationCapacity"/> differs: nothing has changed.</exception>
    public void Apply(GatewayOperationsOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.Problem() is { } problem) throw new ArgumentException(problem, nameof(options));
        if (options.NotificationCapacity != _options.NotificationCapacity)
            throw new ArgumentException("NotificationCapacity cannot change while notifications are listened for.", nameof(options));
        _options = options;
        _batcher.Size = options.BatchSize;
        _listener.Acknowledgement = options.Acknowledgement;
    }

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
    public Task BindAsync(DeviceIdentity device, DeviceSecret secret, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(secret);
        return BindAsync(device, secret, BindProof.Of(secret), cancellationToken);
    }

    /// <summary>Puts a certificate sub-device under this gateway. One that already is, is fine.</summary>
    /// <param name="device">The sub-device.</param>
    /// <param name="certificate">Its own certificate, as proof.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="GatewayOperationException">Refused. After 803 try the other <see cref="CertificateDigest"/>.</exception>
    public Task BindAsync(DeviceIdentity device, BindCertificate certificate, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(certificate);
        return BindAsync(device, certificate, BindProof.Of(certificate), cancellationToken);
    }

    /// <summary>Asks which sub-devices are bound to this gateway.</summary>
    /// <remarks>
    /// The list may be a part only, see <see cref="BoundList.MayBePartial"/>. So a sub-device in the list is bound, but one that is
    /// missing is not therefore unbound: never unbind, forget or bind anew for that reason alone. What tells is the answer to an
    /// operation for that sub-device, -1 or 809.
    /// </remarks>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public async Task<BoundList> DescribeAsync(CancellationToken cancellationToken)
    {
        var key = new OperationKey(GatewayOperationKind.Describe, default);
        var reply = await _calls.JoinOrStartAsync(
            key, wish: null, () => AskAsync(key, ct => PublishAsync(GatewayRequest.Describe(), qos: 1, ct)), cancellationToken)
            .ConfigureAwait(false);
        return reply.List ?? throw new InvalidOperationException("A list was answered without one."); // the key is that of lists
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
            key, wish: null, () => AskAsync(key, ct => _batcher.SendAsync(key, ct)), cancellationToken).ConfigureAwait(false);
        Check(key, reply, alsoFine);
    }

    private void Check(OperationKey key, OperationReply reply, int? alsoFine)
    {
        if (reply.Code == GatewayResultCode.Success) return;
        if (reply.Code != alsoFine) throw new GatewayOperationException(key.Kind, key.Device, reply.Code);
        LogAlreadySo(_logger, key, reply.Code);
    }

    private async Task BindAsync(DeviceIdentity device, object wish, BindProof proof, CancellationToken cancellationToken)
    {
        var key = new OperationKey(GatewayOperationKind.Bind, device);
        var reply = await _calls.JoinOrStartAsync(key, wish, () => BindAsync(key, proof), cancellationToken).ConfigureAwait(false);
        Check(key, reply, GatewayResultCode.AlreadyBound);
    }

    private async Task<OperationReply> BindAsync(OperationKey key, BindProof proof)
    {
        // AskAsync says so if we stop
        await _session.TimeSettledAsync(_stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        var method = _options.BindMethod;
        var reply = await AskAsync(key, Request).ConfigureAwait(false);
        if (reply.Code == GatewayResultCode.UnsupportedMethod)
        {
            method = method.Other();
            reply = await AskAsync(key, Request).ConfigureAwait(false);
        }

        // Our clock is wrong. Whoever says so knows the time.
        if (reply.Code == GatewayResultCode.SignatureExpired && await SynchronizeTimeAsync(key).ConfigureAwait(false))
            reply = await AskAsync(key, Request).ConfigureAwait(false);
        return reply;

        // Signed anew for each attempt: the timestamp must be of now.
        Task Request(CancellationToken cancellationToken)
        {
            long timestamp = _session.Time.GetUtcNow().ToUnixTimeSeconds();
            byte[] request = GatewayRequest.Bind(key.Device, proof, RandomNumberGenerator.GetInt32(int.MaxValue), timestamp, method);
            return PublishAsync(request, qos: 1, cancellationToken);
        }
    }

    private async Task<bool> SynchronizeTimeAsync(OperationKey key)
    {
        try
        {
            LogExpired(_logger, key);
            return await _session.SynchronizeTimeAsync(_stopping.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException e)
        {
            throw Offline(key, e);
        }
    }

    private async Task<OperationReply> AskAsync(OperationKey key, Func<CancellationToken, Task> send)
    {
        await _subscribed.ConfigureAwait(false);
        var options = _options;
        for (int attempt = 1; ; attempt++)
        {
            var lost = _session.ConnectionLost ?? throw Offline(key, cause: null);
            using var end = CancellationTokenSource.CreateLinkedTokenSource(lost, _stopping.Token);
            var reply = _pending.Expect(key);
            try
            {
                await send(end.Token).ConfigureAwait(false);
                return await reply.WaitAsync(options.AnswerTimeout, _time, end.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException e) when (end.IsCancellationRequested)
            {
                throw Offline(key, e);
            }
            catch (TimeoutException e)
            {
                LogUnanswered(_logger, key, attempt, options.Attempts);
                if (attempt == options.Attempts)
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

    [LoggerMessage(2067, LogLevel.Warning, "The hub takes the signature for {Operation} for expired; it is asked for the time")]
    private static partial void LogExpired(ILogger logger, OperationKey operation);

    [LoggerMessage(2063, LogLevel.Information, "{Operation} was so already (result {Code})")]
    private static partial void LogAlreadySo(ILogger logger, OperationKey operation, int code);
}
