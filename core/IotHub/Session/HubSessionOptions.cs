namespace BridgeFramework.IotHub;

/// <summary>How one gateway talks to the hub. Checked by the constructor of <see cref="HubSession"/>.</summary>
public sealed record HubSessionOptions
{
    private const int LeastPacketBound = 256 * 1024;
    private static readonly ReconnectDelays Unused = new();
    private static readonly HubCredentialSource NoCredentials = _ => throw new InvalidOperationException("These options connect nothing.");

    /// <summary>The gateway's own identity.</summary>
    public required DeviceIdentity Gateway { get; init; }

    /// <summary>Reads the gateway's credentials; called before every attempt.</summary>
    /// <remarks>Two sources give the same credentials if they are one method of equal objects: where options are made anew, let it be a
    /// method of a record, or <see cref="HubSession.ApplyAsync"/> connects anew for nothing.</remarks>
    public required HubCredentialSource Credentials { get; init; }

    /// <summary>Where the hub is; null (default) means the mainland cloud, <see cref="HubEndpoint.CloudOf(string)"/>.</summary>
    public HubEndpoint? Endpoint { get; init; }

    /// <summary>MQTT keep-alive, 60 to 850 s in whole seconds. Default 240 s.</summary>
    public TimeSpan KeepAlive { get; init; } = TimeSpan.FromSeconds(240);

    /// <summary>Allows a keep-alive from 1 s, for private brokers; the cloud refuses less than 60 s. Default false.</summary>
    public bool AllowShortKeepAlive { get; init; }

    /// <summary>Time for one attempt to reach CONNACK, credentials and TLS included. Default 20 s.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>
    /// How long the hub may leave a question open (PUBLISH QoS 1, SUBSCRIBE, PINGREQ) and stay silent before the connection
    /// is given up. Default 15 s, never more than half a keep-alive.
    /// </summary>
    public TimeSpan AnswerTime { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Time from writing a publish to its confirmation. Default 20 s. Waiting in the queue does not count.</summary>
    public TimeSpan PublishDeadline { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>Publishes that may be unconfirmed at once, 1 to 1024. Default 16.</summary>
    public int Window { get; init; } = 16;

    /// <summary>Publishes that may wait in each priority before callers must wait, 1 to 65536. Default 64.</summary>
    public int QueueCapacity { get; init; } = 64;

    /// <summary>Messages an inbox holds unless it asks for another number, 1 to 65536. Default 1024.</summary>
    public int InboundCapacity { get; init; } = 1024;

    /// <summary>Larger messages from the hub are dropped with a warning, bytes. Default 256 KiB; a list of 1500 sub-devices has 150 KB.
    /// A packet that announces more than this and more than 256 KiB ends the connection before it is read.</summary>
    public int MaxInboundPayload { get; init; } = LeastPacketBound;

    /// <summary>Publishing pace; null (default) means <see cref="PublishPace.Cloud"/> for the cloud and no limit for other hosts.</summary>
    public PublishPace? Pace { get; init; }

    /// <summary>How long to wait between attempts.</summary>
    public ReconnectDelays ReconnectDelays { get; init; } = new();

    /// <summary>
    /// A clock before this moment is not trusted: credentials are then signed without expiry, and certificates are judged by this
    /// moment. Default 2025-01-01. With <see cref="ClockFloorFile"/> it moves on.
    /// </summary>
    public DateTimeOffset ClockFloor { get; init; } = HubTime.DefaultFloor;

    /// <summary>
    /// Where the last time that the hub told is kept across restarts; read by the constructor of the session, written at most
    /// every 10 minutes and when the session stops. Null (default) keeps none. For boxes without a clock battery.
    /// </summary>
    public string? ClockFloorFile { get; init; }

    /// <summary>Asks the hub for the time on every connection. Default true; a private broker may not know the question.</summary>
    public bool SynchronizeTime { get; init; } = true;

    /// <summary>The endpoint in force.</summary>
    internal HubEndpoint EffectiveEndpoint => Endpoint ?? HubEndpoint.CloudOf(Gateway.ProductId);

    /// <summary>How fast the connection may publish: <see cref="Pace"/>, else what the public cloud takes, or
    /// no limit for any other host.</summary>
    public PublishPace EffectivePace => Pace ?? (EffectiveEndpoint.IsCloud ? PublishPace.Cloud : PublishPace.Unlimited);

    /// <summary>The largest packet that is taken from the hub, bytes.</summary>
    internal int MaxPacketLength => Math.Max(LeastPacketBound, MaxInboundPayload);

    internal ConnectionTerms ConnectionTerms => new(EffectiveEndpoint, EffectivePace, Window, QueueCapacity, AnswerTime, PublishDeadline);

    /// <summary>All that a connection is made with and cannot change any more; the rest is left out.</summary>
    private HubSessionOptions OfConnection => this with
    {
        Credentials = NoCredentials, // compared in their own way
        Endpoint = EffectiveEndpoint,
        Pace = null,
        Window = 1,
        ConnectTimeout = default,
        ReconnectDelays = Unused,
        InboundCapacity = 1,
        MaxInboundPayload = MaxPacketLength,
    };

    /// <summary>Whether a connection that was made with these options serves others too.</summary>
    internal bool HasSameConnection(HubSessionOptions other) =>
        OfConnection == other.OfConnection
        && Credentials.Method == other.Credentials.Method && Equals(Credentials.Target, other.Credentials.Target);

    /// <summary>Why a session with these options cannot go by others, or null.</summary>
    internal string? ProblemOfChange(HubSessionOptions next)
    {
        if (next.Gateway != Gateway) return $"The gateway is {Gateway} and cannot become {next.Gateway}: make another session.";
        return next.ClockFloor == ClockFloor && string.Equals(next.ClockFloorFile, ClockFloorFile, StringComparison.Ordinal) ? null
            : "ClockFloor and ClockFloorFile cannot change: make another session.";
    }

    /// <summary>What is out of range, or null.</summary>
    internal string? Problem()
    {
        if (Gateway.ProductId is null) return "Gateway is missing.";
        if (string.IsNullOrWhiteSpace(EffectiveEndpoint.Host)) return "The hub's host name is empty.";
        if (EffectiveEndpoint is { Tls: true, VerifyHostName: false, CaFile: null })
            return "VerifyHostName is false without a CaFile: any certificate of a public authority would pass for the hub.";
        if (!(EffectivePace.PerSecond > 0) || EffectivePace.Burst < 1)
            return $"Pace {EffectivePace.PerSecond}/s with bursts of {EffectivePace.Burst} lets nothing through.";
        var least = TimeSpan.FromSeconds(AllowShortKeepAlive ? 1 : 60);
        return Outside(nameof(KeepAlive), KeepAlive, least, TimeSpan.FromSeconds(850))
            ?? Outside(nameof(ConnectTimeout), ConnectTimeout, TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(5))
            ?? Outside(nameof(AnswerTime), AnswerTime, TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(5))
            ?? Outside(nameof(PublishDeadline), PublishDeadline, TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(10))
            ?? Outside(nameof(Window), Window, 1, 1024)
            ?? Outside(nameof(QueueCapacity), QueueCapacity, 1, 65536)
            ?? Outside(nameof(InboundCapacity), InboundCapacity, 1, 65536)
            ?? Outside(nameof(MaxInboundPayload), MaxInboundPayload, 1024, 64 * 1024 * 1024)
            ?? Outside("ReconnectDelays.First", ReconnectDelays.First, TimeSpan.FromMilliseconds(1), ReconnectDelays.Cap)
            ?? Outside("Endpoint.Port", EffectiveEndpoint.Port, 1, 65535);
    }

    private static string? Outside<T>(string name, T value, T least, T most)
        where T : IComparable<T> =>
        value.CompareTo(least) >= 0 && value.CompareTo(most) <= 0 ? null : $"{name} is {value}; expected {least} to {most}.";
}
