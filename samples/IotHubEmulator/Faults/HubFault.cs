namespace BridgeFramework.IotHubEmulator;

/// <summary>What a hub can be told to do wrong.</summary>
public enum HubFaultKind
{
    /// <summary>The operation is carried out, its answer is not sent.</summary>
    DropAnswer,

    /// <summary>The answer comes later by <see cref="HubFault.Delay"/>; answers to later requests overtake it.</summary>
    DelayAnswer,

    /// <summary>The answer is sent twice.</summary>
    DuplicateAnswer,

    /// <summary>The answer carries the <c>type</c> of another operation.</summary>
    WrongType,

    /// <summary>Instead of the answer come bytes that are neither JSON nor UTF-8.</summary>
    Garbage,

    /// <summary>The operation is not carried out and each device is answered with <see cref="HubFault.Result"/>.</summary>
    ResultCode,

    /// <summary>A CONNECT is refused with 3, server unavailable.</summary>
    RefuseConnect,
}

/// <summary>A fault that strikes the next matching requests.</summary>
public sealed record HubFault : IStriking<HubFault>
{
    /// <summary>What goes wrong.</summary>
    public required HubFaultKind Kind { get; init; }

    /// <summary>How many requests it strikes, 1 or more.</summary>
    public int Times { get; init; } = 1;

    /// <summary>The operation it strikes (<c>online</c>, <c>offline</c>, <c>bind</c>, <c>unbind</c>, <c>describe_sub_devices</c>,
    /// <c>get</c>, <c>report_version</c>,
    /// <c>update_firmware</c>), or any.</summary>
    public string? Operation { get; init; }

    /// <summary>The gateway it strikes, or any.</summary>
    public HubDeviceId? Gateway { get; init; }

    /// <summary>For <see cref="HubFaultKind.DelayAnswer"/>: how much later.</summary>
    public TimeSpan Delay { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>For <see cref="HubFaultKind.ResultCode"/>: the result.</summary>
    public int Result { get; init; } = ResultCode.SystemError;

    HubFault IStriking<HubFault>.WithTimes(int times) => this with { Times = times };
}
