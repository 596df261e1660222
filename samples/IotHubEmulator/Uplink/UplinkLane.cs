namespace BridgeFramework.IotHubEmulator;

/// <summary>Two samples under one number.</summary>
/// <param name="Number">The number.</param>
/// <param name="Message">Number of the message that brought the second, as <see cref="ReceivedMessage.Sequence"/>.</param>
/// <param name="EarlierMessage">Number of the message that brought the first.</param>
/// <param name="Sample">The second sample.</param>
public sealed record UplinkConflict(long Number, long Message, long EarlierMessage, string Sample);

/// <summary>What arrived in one lane of one sub-device; a snapshot.</summary>
public sealed record UplinkLane
{
    /// <summary>The sub-device.</summary>
    public required HubDeviceId Device { get; init; }

    /// <summary>Which of its lanes.</summary>
    public required UplinkLaneKind Lane { get; init; }

    /// <summary>The lowest number seen.</summary>
    public required long First { get; init; }

    /// <summary>The highest number seen.</summary>
    public required long Last { get; init; }

    /// <summary>How many different numbers were seen.</summary>
    public required long Samples { get; init; }

    /// <summary>How often a number came again: with equal content, or too late to compare it.</summary>
    public required long Repeated { get; init; }

    /// <summary>How many of <see cref="Repeated"/> came so late that the content of the first was not kept any more.</summary>
    public required long NotCompared { get; init; }

    /// <summary>How often a number came again with another point, value or time.</summary>
    public required long Conflicts { get; init; }

    /// <summary>How often a new number was lower than the highest seen.</summary>
    public required long OutOfOrder { get; init; }

    /// <summary>How many numbers between <see cref="First"/> and <see cref="Last"/> were never seen.</summary>
    public required long Missing { get; init; }

    /// <summary>The numbers never seen, lowest first; the first 100 ranges.</summary>
    public required IReadOnlyList<NumberRange> Gaps { get; init; }

    /// <summary>The first 20 conflicts.</summary>
    public required IReadOnlyList<UplinkConflict> ConflictsFound { get; init; }

    /// <summary>Messages in all, repeated ones too.</summary>
    public required long Messages { get; init; }

    /// <summary>Messages in the plain form.</summary>
    public required long PlainMessages { get; init; }

    /// <summary>Messages in the compact form.</summary>
    public required long CompactMessages { get; init; }

    /// <summary>Events.</summary>
    public required long EventMessages { get; init; }
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
