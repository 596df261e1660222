namespace BridgeFramework.IotHubEmulator;

/// <summary>What arrived in one lane of one sub-device; a snapshot.</summary>
public sealed record UplinkLane
{
    /// <summary>The sub-device.</summary>
    public required HubDeviceId Device { get; init; }

    /// <summary>Which of its lanes.</summary>
    public required UplinkLaneKind Lane { get; init; }

    /// <summary>What was counted in all epochs, in those that are forgotten too.</summary>
    public required UplinkCounts Counts { get; init; }

    /// <summary>The epochs in which its numbers were given, in the order in which they began here: one at least, 16 at most.</summary>
    public required IReadOnlyList<UplinkEpoch> Epochs { get; init; }

    /// <summary>How many epochs made room for others. What comes again of such a one is not known as a repetition.</summary>
    public required long ForgottenEpochs { get; init; }

    /// <summary>The epoch that began last.</summary>
    public UplinkEpoch Newest => Epochs[^1];
}

/// <summary>What arrived from one sub-device; a snapshot.</summary>
public sealed record UplinkDevice
{
    /// <summary>The sub-device.</summary>
    public required HubDeviceId Device { get; init; }

    /// <summary>Its lanes that had a message, live first.</summary>
    public required IReadOnlyList<UplinkLane> Lanes { get; init; }

    /// <summary>Replies to commands, which have no number.</summary>
    public required long Replies { get; init; }

    /// <summary>Messages that are none of this form, nor replies.</summary>
    public required long Foreign { get; init; }

    /// <summary>Why the last foreign message is none of this form.</summary>
    public required string? ForeignReason { get; init; }
}
