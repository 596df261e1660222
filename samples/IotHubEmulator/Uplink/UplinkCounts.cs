namespace BridgeFramework.IotHubEmulator;

/// <summary>What was counted in an epoch, in a lane, or in all.</summary>
public sealed record UplinkCounts
{
    /// <summary>How many different numbers were seen.</summary>
    public long Samples { get; init; }

    /// <summary>How often a number came again: with equal content, or too late to compare it.</summary>
    public long Repeated { get; init; }

    /// <summary>How many of <see cref="Repeated"/> came so late that the content of the first was not kept any more.</summary>
    public long NotCompared { get; init; }

    /// <summary>How often a number came again with another point, value or time.</summary>
    public long Conflicts { get; init; }

    /// <summary>How often a new number was lower than the highest seen in its epoch.</summary>
    public long OutOfOrder { get; init; }

    /// <summary>How many numbers between the lowest and the highest of an epoch were never seen.</summary>
    public long Missing { get; init; }

    /// <summary>Messages in all, repeated ones too.</summary>
    public long Messages { get; init; }

    /// <summary>Messages in the plain form.</summary>
    public long Plain { get; init; }

    /// <summary>Messages in the compact form.</summary>
    public long Compact { get; init; }

    /// <summary>Events.</summary>
    public long Events { get; init; }

    internal static UplinkCounts Sum(IReadOnlyCollection<UplinkCounts> parts) => new()
    {
        Samples = parts.Sum(part => part.Samples),
        Repeated = parts.Sum(part => part.Repeated),
        NotCompared = parts.Sum(part => part.NotCompared),
        Conflicts = parts.Sum(part => part.Conflicts),
        OutOfOrder = parts.Sum(part => part.OutOfOrder),
        Missing = parts.Sum(part => part.Missing),
        Messages = parts.Sum(part => part.Messages),
        Plain = parts.Sum(part => part.Plain),
        Compact = parts.Sum(part => part.Compact),
        Events = parts.Sum(part => part.Events),
    };
}
