namespace BridgeFramework.IotHubEmulator;

/// <summary>How often the hub refused or ignored something, since it started.</summary>
public sealed record HubCounters
{
    /// <summary>CONNECTs answered with another code than 0.</summary>
    public required long RefusedConnects { get; init; }

    /// <summary>Topics answered with 0x80 in a SUBACK.</summary>
    public required long ForbiddenSubscribes { get; init; }

    /// <summary>Publishes to a topic the device may not publish to: acknowledged and dropped.</summary>
    public required long ForbiddenPublishes { get; init; }

    /// <summary>Publishes above 16 KB: acknowledged and dropped.</summary>
    public required long OversizedPublishes { get; init; }

    /// <summary>Publishes above the documented rate in strict mode: acknowledged and dropped.</summary>
    public required long PublishesOverRate { get; init; }

    /// <summary>Messages on system topics that could not be understood and got no answer.</summary>
    public required long UnintelligibleRequests { get; init; }

    /// <summary>Answers that were not sent because the connection that asked had ended or had too many outstanding.</summary>
    public required long LostAnswers { get; init; }
}
