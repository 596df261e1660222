using BridgeFramework.IotHub;

namespace BridgeFramework.Configuration;

/// <summary>Where the hub is and who the gateway is there.</summary>
public sealed record HubSettings
{
    /// <summary>The port of MQTT over TLS, and the default.</summary>
    public const int TlsPort = 8883;

    /// <summary>The port of MQTT in the clear.</summary>
    public const int PlainPort = 1883;

    /// <summary>Absolute path of the <c>device_info.json</c> with the gateway's own identity and secret.</summary>
    public required string DeviceInfoFile { get; init; }

    /// <summary>Name or address of the hub; <see langword="null"/> for the public cloud of the gateway's product and region.</summary>
    public string? Host { get; init; }

    /// <summary>Whether the hub is on this machine, as an emulator is.</summary>
    public bool IsOnLoopback => LoopbackHosts.Covers(Host ?? "");

    /// <summary>TCP port, 1 to 65535; <see langword="null"/> for the usual one, see <see cref="EffectivePort"/>.</summary>
    public int? Port { get; init; }

    /// <summary>Whether the connection is encrypted; default yes.</summary>
    public bool Tls { get; init; } = true;

    /// <summary>Absolute path of a PEM file with the certificate authority to trust in place of the system's: <c>hub.caFile</c>, else
    /// <c>devCaFile</c> of <c>device_info.json</c>; <see langword="null"/> for the system's.</summary>
    public string? CaFile { get; init; }

    /// <summary>Whether the host name must be in the hub's certificate. The chain is always checked.</summary>
    public bool VerifyHostName { get; init; } = true;

    /// <summary>MQTT keep-alive, 60 s to 850 s, whole seconds; default 240 s.</summary>
    /// <remarks>Source: Tencent Cloud IoT Hub documentation, MQTT access; the range is what all regions accept.</remarks>
    public TimeSpan KeepAlive { get; init; } = TimeSpan.FromSeconds(240);

    /// <summary>Subscriptions on the connection, 4 to 10000, default 100; four of them are kept for the gateway itself.</summary>
    /// <remarks>Sub-devices that can be written to are subscribed to first; what is left over cannot be commanded, and the status says so.
    /// Source: Tencent Cloud IoT Hub documentation, limits: 100 subscriptions for each device in mainland regions.</remarks>
    public int MaxSubscriptions { get; init; } = 100;

    /// <summary>Presence changes of a sub-device within a minute that are passed on to the hub, 0 to 60, default 3; 0 for all.</summary>
    /// <remarks>A sub-device whose presence changes more often is held as it last was for a minute, until it
    /// is the same for a minute again.</remarks>
    public int MaxPresenceChanges { get; init; } = 3;

    /// <summary>Messages a second to the hub, for everything together, 0 to 10000; 0 for no limit. <see langword="null"/> (default) for 15
    /// to the public cloud and no limit to any other host.</summary>
    /// <remarks>Source: Tencent Cloud IoT Hub documentation, limits: 20 messages a second for each connection
    /// in mainland regions.</remarks>
    public double? PublishRate { get; init; }

    /// <summary>Messages that may go at once after a pause, 1 to 10000, default 20.</summary>
    public int PublishBurst { get; init; } = 20;

    /// <summary>Most sub-devices in one online, offline or unbind request, 1 to 100, default 1.</summary>
    public int OperationBatch { get; init; } = 1;

    /// <summary>What becomes of a sub-device that was bound and is not any more; default: it is not bound again by itself.</summary>
    public RebindPolicy Rebind { get; init; }

    /// <summary>Whether a sub-device that the plan has no more is unbound from the gateway; default no.</summary>
    public bool UnbindRemoved { get; init; }

    /// <summary>How a bind or unbind in the console is confirmed to the hub; default as the hub's documentation has it.</summary>
    public ChangeAcknowledgement ChangeAcknowledgement { get; init; } = ChangeAcknowledgement.Documented;

    /// <summary>How long channels let unknown devices join when the hub asks for it, 10 s to 10 minutes, default 3 minutes.</summary>
    public TimeSpan PairingWindow { get; init; } = TimeSpan.FromMinutes(3);

    /// <summary>Where devices without a secret of their own are registered; <see langword="null"/> for the public cloud.</summary>
    public Uri? RegistrationUrl { get; init; }

    /// <summary>The port to connect to, the default applied: 8883 with TLS, 1883 without.</summary>
    public int EffectivePort => Port ?? (Tls ? TlsPort : PlainPort);
}
