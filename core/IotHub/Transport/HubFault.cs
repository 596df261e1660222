namespace BridgeFramework.IotHub;

/// <summary>Why a connection failed or ended.</summary>
public enum HubFaultKind
{
    /// <summary>No connection came about: name resolution, TCP, or no answer in time.</summary>
    Unreachable,

    /// <summary>The TLS handshake failed: certificate, trust or protocol version.</summary>
    TlsFailed,

    /// <summary>The hub answered CONNECT with a refusal that may pass (server unavailable).</summary>
    Refused,

    /// <summary>The hub does not accept these credentials (CONNACK 4 or 5) or this identity (CONNACK 1 or 2).
    /// An operator must act.</summary>
    Rejected,

    /// <summary>The credentials could not be read. An operator must act.</summary>
    CredentialsUnavailable,

    /// <summary>An established connection was closed by the hub or the network.</summary>
    Lost,

    /// <summary>The connection stands, but the hub no longer answers.</summary>
    Frozen,

    /// <summary>The hub closes each connection soon after it is up: most likely somebody else uses the same
    /// identity. An operator must act.</summary>
    Displaced,
}

/// <summary>What went wrong with a connection, for a person.</summary>
/// <param name="Kind">The class of trouble.</param>
/// <param name="Message">What failed.</param>
/// <param name="At">When it was noticed.</param>
public sealed record HubFault(HubFaultKind Kind, string Message, DateTimeOffset At)
{
    private const int LongestMessage = 600;

    /// <summary>What failed, with which values, and what to do, at most 600 characters: what a hub says may be part of it. Holds no
    /// secret.</summary>
    public string Message { get; init; } =
        Message.Length <= LongestMessage ? Message : $"{Message.AsSpan(0, LongestMessage - 1)}…";

    /// <summary>Whether waiting alone is unlikely to help.</summary>
    public bool NeedsOperator =>
        Kind is HubFaultKind.Rejected or HubFaultKind.CredentialsUnavailable or HubFaultKind.TlsFailed or HubFaultKind.Displaced;
}
