using System.Net;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace BridgeFramework.IotHubEmulator;

/// <summary>How one emulated hub behaves. Everything has a default that suits a test.</summary>
public sealed class HubEmulatorOptions
{
    /// <summary>The address all listeners bind; loopback only, any address of 127.0.0.0/8 or ::1.</summary>
    public IPAddress Listen { get; init; } = IPAddress.Loopback;

    /// <summary>TCP port of the broker; 0 takes a free one.</summary>
    public int MqttPort { get; init; }

    /// <summary>TCP port of the console (HTTP); 0 takes a free one.</summary>
    public int HttpPort { get; init; }

    /// <summary>TCP port of the broker over TLS with a certificate of its own authority; 0 takes a free one,
    /// <see langword="null"/> has none.</summary>
    public int? MqttTlsPort { get; init; }

    /// <summary>The devices that exist from the start; more can be added while running.</summary>
    public IReadOnlyList<EmulatedDevice> Devices { get; init; } = [];

    /// <summary>The secrets of products that allow dynamic registration, by product id; 16 characters or more.</summary>
    public IReadOnlyDictionary<string, string> ProductSecrets { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Time between a gateway operation and its answer. Zero answers before the next packet is read.</summary>
    public TimeSpan AnswerDelay { get; init; } = TimeSpan.FromMilliseconds(20);

    /// <summary>How far the timestamp of a bind may be from the hub's clock, either way, before it is refused with 805.</summary>
    public TimeSpan BindClockTolerance { get; init; } = TimeSpan.FromSeconds(300);

    /// <summary>How long the address of a firmware image is good; afterwards a download is answered with 403.</summary>
    public TimeSpan FirmwareUrlLifetime { get; init; } = TimeSpan.FromHours(24);

    /// <summary>Whether a bind or unbind that a gateway asked for is also announced to it as <c>change</c>.
    /// What the real hub does is not known.</summary>
    public bool AnnounceOwnChanges { get; init; }

    /// <summary>Whether the sub-devices of a gateway are taken offline when its connection ends. The real hub
    /// is documented to remember them.</summary>
    public bool ForgetOnlineOnDisconnect { get; init; }

    /// <summary>
    /// Enforces the documented limits: keep-alive 60 to 850 s, one CONNECT per 5 s and device, 20 publishes per second, no QoS 2, no
    /// retain, no PUBLISH above 16 KB, one topic per SUBSCRIBE, 100 subscriptions, and custom topics only for sub-devices that are online.
    /// Wills are never published, strict or not.
    /// </summary>
    public bool Strict { get; init; }

    /// <summary>How many received messages are kept, oldest dropped first; at most 16 KB each.</summary>
    public int MessageCapacity { get; init; } = 10_000;

    /// <summary>How many samples of each epoch of a lane are kept to compare them with their repetitions, the oldest
    /// dropped first; some 100 bytes each.</summary>
    public int UplinkSamplesKept { get; init; } = 4096;

    /// <summary>How many transcript entries are kept, oldest dropped first; payloads are cut at 2 KB there.</summary>
    public int TranscriptCapacity { get; init; } = 10_000;

    /// <summary>The clock of the hub: expiry, bind timestamps, system time, delays. Keep-alive is the broker's own and real.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>Where the hub tells what happens.</summary>
    public ILoggerFactory LoggerFactory { get; init; } = NullLoggerFactory.Instance;
}
