namespace BridgeFramework.Configuration;

/// <summary>What differs between the plan in force and another one.</summary>
/// <remarks>Values decide, not where or how they are written. Secrets count, and none is in here.</remarks>
public sealed record PlanDiff
{
    /// <summary>Settings of the gateway itself: of its hub and of how it keeps things.</summary>
    public required IReadOnlyList<GatewayChange> Gateway { get; init; }

    /// <summary>Channels that come, go or are another: first those that go. A channel whose sub-devices alone differ is not among
    /// them.</summary>
    public required IReadOnlyList<ChannelChange> Channels { get; init; }

    /// <summary>Sub-devices that come, go, are another or move to another channel, each once: first those that go.</summary>
    public required IReadOnlyList<SubDeviceChange> SubDevices { get; init; }

    /// <summary>How many sub-devices the plan in force has.</summary>
    public required int PresentSubDevices { get; init; }

    /// <summary>Whether the two plans are the same, but for the order in which channels, sub-devices and points are written.</summary>
    public bool IsEmpty => Gateway.Count == 0 && Channels.Count == 0 && SubDevices.Count == 0;

    /// <summary>The settings that another value can be given to by a restart of the gateway alone. Where there is one, the plan cannot be
    /// applied.</summary>
    public IReadOnlyList<SettingChange> NeedsRestart =>
        [.. Gateway.Where(change => change.Effect == TakesEffect.AtRestart).Select(change => change.Setting)];

    /// <summary>Whether the connection to the hub has to be made anew.</summary>
    public bool Reconnects => Gateway.Any(change => change.Effect == TakesEffect.WithNewConnection);

    /// <summary>Whether more than half of the sub-devices go, which is rather a mistake than meant. One that moves to another channel
    /// stays.</summary>
    public bool RemovesMost => 2L * SubDevices.Count(device => device.Change == PlanChange.Removed) > PresentSubDevices;

    /// <summary>Finds what differs.</summary>
    /// <param name="from">The plan in force.</param>
    /// <param name="to">The one that is to be.</param>
    public static PlanDiff Between(GatewayPlan from, GatewayPlan to)
    {
        ArgumentNullException.ThrowIfNull(from);
        ArgumentNullException.ThrowIfNull(to);
        return new PlanDiff
        {
            Gateway = GatewayChange.Between(from, to),
            Channels = ChannelChange.Between(from.Channels, to.Channels),
            SubDevices = SubDeviceChange.Between(from, to),
            PresentSubDevices = from.SubDevices.Count(),
        };
    }
}
