namespace BridgeFramework.IotHub;

/// <summary>Two forms in which a gateway confirms a <c>change</c> notification; the hub's documentation and the SDKs differ.</summary>
public enum ChangeAcknowledgement
{
    /// <summary><c>{"type":"change","result":0}</c>. The default.</summary>
    Documented,

    /// <summary>The notification sent back with a <c>result</c> for each device, as older official SDKs do.</summary>
    Sdk,

    /// <summary>None, as the newest official SDK does.</summary>
    None,
}

/// <summary>How gateway operations behave.</summary>
public sealed record GatewayOperationsOptions
{
    /// <summary>Time to wait for an answer once the request was sent. Default 5 s.</summary>
    public TimeSpan AnswerTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Requests until giving up, from 1. Default 3.</summary>
    public int Attempts { get; init; } = 3;

    /// <summary>
    /// Most sub-devices in one <c>online</c>, <c>offline</c> or <c>unbind</c> request, 1 to 100. Default 1: no documentation says
    /// that the hub takes more, and the newest official SDK refuses to send more. A bind is always for one.
    /// </summary>
    public int BatchSize { get; init; } = 1;

    /// <summary>How a <c>change</c> is confirmed.</summary>
    public ChangeAcknowledgement Acknowledgement { get; init; } = ChangeAcknowledgement.Documented;

    /// <summary>Digest of the first bind request; the other one is tried once if the hub does not support it.
    /// Default HMAC-SHA256.</summary>
    public HmacMethod BindMethod { get; init; } = HmacMethod.HmacSha256;

    /// <summary>Notifications that wait for their reader before one is dropped. Default 256. Cannot change later.</summary>
    public int NotificationCapacity { get; init; } = 256;

    /// <summary>What is out of range, or null.</summary>
    internal string? Problem()
    {
        if (AnswerTimeout <= TimeSpan.Zero) return $"AnswerTimeout is {AnswerTimeout}; expected more than 0.";
        if (Attempts < 1) return $"Attempts is {Attempts}; expected 1 or more.";
        // A hundred of the longest names are 14 KB; the hub takes 16.
        if (BatchSize is < 1 or > 100) return $"BatchSize is {BatchSize}; expected 1 to 100.";
        return NotificationCapacity < 1 ? $"NotificationCapacity is {NotificationCapacity}; expected 1 or more." : null;
    }
}
