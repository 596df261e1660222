using Microsoft.Extensions.Logging;

namespace BridgeFramework.IotHub;

/// <summary>One gateway's connection to the hub: kept up for ever, subscribed, paced, and honest about its state.</summary>
/// <remarks>
/// <para>Run <see cref="RunAsync"/> once; every other member may be called from any thread at any time, before it too.</para>
/// <para>
/// Clean sessions: the hub keeps nothing for us while we are away, and we resend nothing by ourselves. Whoever published gets
/// <see cref="HubOfflineException"/> and decides; the hub may then see a message twice.
/// </para>
/// </remarks>
public sealed class HubSession : IAsyncDisposable
{
    private readonly SessionSettings _settings;
    private readonly HubClock _clock;
    private readonly LastKnownTime _lastKnown;
    private readonly InboxRouter _inboxes;
    private readonly Subscriptions _subscriptions;
    private readonly StatusBoard _status;
    private readonly SessionLoop _loop;
    private readonly CancellationTokenSource _disposing = new();
    private readonly TaskCompletionSource _finished = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _started;
    private int _disposed;

    /// <summary>Prepares a session; nothing is sent before <see cref="RunAsync"/>.</summary>
    /// <param name="options">Identity, credentials, endpoint, limits.</param>
    /// <param name="time">Clock and timers.</param>
    /// <param name="logger">Logs state changes and faults; never a secret. With one of a
    /// <c>BoundedLoggerFactory</c> (core/Logging) nobody fills the log by sending what is not understood.</param>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public HubSession(HubSessionOptions options, TimeProvider time, ILogger<HubSession> logger)
        : this(options, new MqttNetTransport(time), Random.Shared.NextDouble, time, logger)
    {
    }

    internal HubSession(
        HubSessionOptions options, IHubTransport transport, Func<double> jitter, TimeProvider time, ILogger<HubSession> logger)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(time);
        if (options.Problem() is { } problem) throw new ArgumentException(problem, nameof(options));
        _settings = new SessionSettings(options);
        Gateway = options.Gateway;
        _inboxes = new InboxRouter(logger);
        _lastKnown = new LastKnownTime(options.ClockFloor, options.ClockFloorFile, logger);
        _clock = new HubClock(options.Gateway, options.SynchronizeTime, _lastKnown, _inboxes, time, logger);
        _subscriptions = new Subscriptions(logger);
        _status = new StatusBoard(_settings, time, logger);
        _loop = new SessionLoop(_settings, transport, jitter, _clock, _inboxes, _subscriptions, _status, time, logger);
    }

    /// <summary>The gateway this session speaks for.</summary>
    public DeviceIdentity Gateway { get; }

    /// <summary>The status now.</summary>
    public HubSessionStatus Status => _status.Current;

    /// <summary>The hub's time, for whatever the hub compares with its own clock.</summary>
    public HubTime Time => _clock.Time;

    /// <summary>Cancelled when the present connection is over; null when there is none.</summary>
    internal CancellationToken? ConnectionLost => _subscriptions.Current?.Lost;

    /// <summary>The status now and after every change, in order. A slow reader skips to the newest; compare
    /// <see cref="HubSessionStatus.Attempt"/>.</summary>
    /// <param name="cancellationToken">Ends the watching; there is no other end.</param>
    public IAsyncEnumerable<HubSessionStatus> WatchAsync(CancellationToken cancellationToken) => _status.WatchAsync(cancellationToken);

    /// <summary>Connects, and reconnects for ever, until told to stop. May be called once.</summary>
    /// <param name="stopping">Ends the session; the connection is then closed in good order.</param>
    /// <exception cref="InvalidOperationException">It runs already, or ran before.</exception>
    public async Task RunAsync(CancellationToken stopping)
    {
        ObjectDisposedException.ThrowIf(_disposed != 0, this);
        if (Interlocked.Exchange(ref _started, 1) != 0) throw new InvalidOperationException("A hub session runs once; make another.");
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(stopping, _disposing.Token);
        try
        {
            await _loop.RunAsync(stop.Token).ConfigureAwait(false);
        }
        finally
        {
            _status.Become(HubSessionEvent.Stop);
            _lastKnown.Remember(Time, always: true);
            _finished.TrySetResult();
        }
    }

    /// <summary>Goes by other options from now on, whether it runs or not.</summary>
    /// <remarks>
    /// <para>
    /// <see cref="HubSessionOptions.Pace"/> and <see cref="HubSessionOptions.Window"/> change on the connection that stands;
    /// <see cref="HubSessionOptions.ConnectTimeout"/>, <see cref="HubSessionOptions.ReconnectDelays"/>,
    /// <see cref="HubSessionOptions.InboundCapacity"/> and a <see cref="HubSessionOptions.MaxInboundPayload"/> up to 256 KiB count from
    /// their next use. If anything else differs, the session says goodbye and connects anew at once: an attempt that is under way is given
    /// up, a wait is over, whatever fault it was for, and <see cref="HubSessionStatus.IsReconfiguring"/> says so. To whoever publishes
    /// that is a lost connection like any other; remembered subscriptions are made on the new one.
    /// </para>
    /// <para>For one caller at a time.</para>
    /// </remarks>
    /// <param name="options">What it is to go by; see <see cref="HubSessionOptions.Credentials"/> for when those count as others.</param>
    /// <returns>Completes when the options are in force, which is before the new connection stands.</returns>
    /// <exception cref="ArgumentException">An option is out of range, or another gateway or clock floor than before: nothing has
    /// changed.</exception>
    public Task ApplyAsync(HubSessionOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        ObjectDisposedException.ThrowIf(_disposed != 0, this);
        if ((options.Problem() ?? _settings.Newest.ProblemOfChange(options)) is { } problem)
            throw new ArgumentException(problem, nameof(options));
        return _settings.ApplyAsync(options);
    }

    /// <summary>Opens an inbox for topics that match a filter. Open it before subscribing, so that nothing is missed.</summary>
    /// <param name="topicFilter">An MQTT topic filter, <c>+</c> and <c>#</c> allowed.</param>
    /// <param name="capacity">Messages it holds; null means <see cref="HubSessionOptions.InboundCapacity"/>.</param>
    /// <exception cref="ArgumentException">Not a topic filter.</exception>
    public HubInbox OpenInbox(string topicFilter, int? capacity = null) =>
        _inboxes.Open(topicFilter, capacity ?? _settings.Newest.InboundCapacity);

    /// <summary>Subscribes now if online, and again on every later connection before the session says it is online.</summary>
    /// <inheritdoc cref="SubscribeAsync(string, int, SubscriptionLifetime, CancellationToken)"/>
    public ValueTask SubscribeAsync(string topic, int qos, CancellationToken cancellationToken) =>
        SubscribeAsync(topic, qos, SubscriptionLifetime.Session, cancellationToken);

    /// <summary>Subscribes to a topic.</summary>
    /// <param name="topic">An MQTT topic filter.</param>
    /// <param name="qos">0 or 1.</param>
    /// <param name="lifetime">Whether it is remembered. If so and the session is offline, the call only remembers and completes.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <exception cref="SubscriptionRefusedException">The hub refused; the subscription is not remembered.</exception>
    /// <exception cref="HubOfflineException">
    /// The connection went meanwhile; a remembered subscription is made on the next one. With
    /// <see cref="SubscriptionLifetime.Connection"/> also: the session is offline.
    /// </exception>
    public async ValueTask SubscribeAsync(string topic, int qos, SubscriptionLifetime lifetime, CancellationToken cancellationToken)
    {
        TopicFilter.Validate(topic);
        if (qos is not (0 or 1)) throw new ArgumentOutOfRangeException(nameof(qos), qos, "The hub knows QoS 0 and 1.");
        var connection = lifetime == SubscriptionLifetime.Session ? _subscriptions.Remember(topic, qos) : _subscriptions.Current;
        if (connection is null)
        {
            if (lifetime == SubscriptionLifetime.Connection) throw Offline($"subscription to '{topic}'");
            return;
        }

        if (await connection.SubscribeAsync(topic, qos, cancellationToken).ConfigureAwait(false)) return;
        _subscriptions.Forget(topic);
        throw new SubscriptionRefusedException(topic);
    }

    /// <summary>Forgets a subscription, and ends it on the present connection.</summary>
    /// <param name="topic">The topic filter as it was subscribed.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <exception cref="HubOfflineException">The connection went meanwhile; it is forgotten all the same.</exception>
    public async ValueTask UnsubscribeAsync(string topic, CancellationToken cancellationToken)
    {
        if (_subscriptions.Forget(topic) is { } connection)
            await connection.UnsubscribeAsync(topic, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Publishes; waits while the queue of its priority is full.</summary>
    /// <param name="publish">The message.</param>
    /// <param name="cancellationToken">Gives up. What still waits in the queue is then not sent; what was sent stays sent.</param>
    /// <returns>Completes at PUBACK (QoS 1) or when written (QoS 0).</returns>
    /// <exception cref="HubOfflineException">Not online, or the connection went before the hub confirmed.</exception>
    /// <exception cref="TimeoutException">Not confirmed within
    /// <see cref="HubSessionOptions.PublishDeadline"/>. It may have arrived.</exception>
    /// <exception cref="ArgumentException">Payload or topic is larger than the hub takes, or the topic has wildcards.</exception>
    public Task PublishAsync(HubPublish publish, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(publish);
        HubPublish.Validate(publish);
        return _subscriptions.Current is { } connection
            ? connection.PublishAsync(publish, cancellationToken)
            : Task.FromException(Offline($"publish to '{publish.Topic}'"));
    }

    /// <summary>Publishes what is worth publishing when the connection has room for it: the message is made
    /// when its turn has come.</summary>
    /// <param name="priority">Its place in the queue.</param>
    /// <param name="make">
    /// Makes the message, or says with null that there is none after all. Called once at most, on the loop that publishes: it must be
    /// quick, and must not wait. What it throws, the returned task throws.
    /// </param>
    /// <param name="cancellationToken">Gives up. What still waits in the queue is then not made; what was sent stays sent.</param>
    /// <returns>Whether there was a message; completes at PUBACK (QoS 1) or when written (QoS 0).</returns>
    /// <exception cref="HubOfflineException">Not online, or the connection went before the hub confirmed.</exception>
    /// <exception cref="TimeoutException">Not confirmed within
    /// <see cref="HubSessionOptions.PublishDeadline"/>. It may have arrived.</exception>
    /// <exception cref="ArgumentException">Payload or topic is larger than the hub takes, or the topic has wildcards.</exception>
    public Task<bool> PublishNextAsync(PublishPriority priority, Func<HubPublish?> make, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(make);
        return _subscriptions.Current is { } connection
            ? connection.PublishAsync(priority, make, cancellationToken)
            : Task.FromException<bool>(Offline("publish"));
    }

    /// <summary>Stops the session if it runs, and waits until it has.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0) return;
        await _disposing.CancelAsync().ConfigureAwait(false);
        if (_started != 0) await _finished.Task.ConfigureAwait(false);
        _clock.Dispose();
        _disposing.Dispose();
    }

    internal Task TimeSettledAsync(CancellationToken cancellationToken) => _clock.SettledAsync(cancellationToken);

    internal Task<bool> SynchronizeTimeAsync(CancellationToken cancellationToken) =>
        _subscriptions.Current is { } connection ? _clock.SynchronizeAsync(connection, cancellationToken) : Task.FromResult(false);

    private HubOfflineException Offline(string what)
    {
        var status = Status;
        string why = status.IsReconfiguring ? ", since its settings have changed" : "";
        return new HubOfflineException(
            $"No {what}: the hub session of {Gateway} is {status.State}{why}. Last fault: {status.LastFault?.Message ?? "none"}");
    }
}
