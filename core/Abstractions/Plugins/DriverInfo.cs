namespace BridgeFramework;

/// <summary>What a driver says of itself before any channel runs.</summary>
public sealed record DriverInfo
{
    /// <summary>The name that channels and device types refer to in <c>"driver"</c>: 1 to 32 of <c>a-z 0-9
    /// -</c>, beginning with a letter.</summary>
    public required string Name { get; init; }

    /// <summary>One sentence for lists and help texts.</summary>
    public required string Description { get; init; }

    /// <summary>The opt-in interfaces that the driver implements.</summary>
    /// <remarks>Declared, not found by looking, so that they are known without creating a driver.</remarks>
    public DriverCapabilities Capabilities { get; init; }

    /// <summary>
    /// Names of channel settings whose values together name a resource that only one channel may own, such as a serial
    /// port. Empty (the default) when channels of this driver cannot disturb each other.
    /// </summary>
    public IReadOnlyList<string> ExclusiveSettings { get; init; } = [];

    /// <summary>How many sub-devices of one channel may be given firmware at the same time; 1 or more, default 1.</summary>
    public int UpdateConcurrency { get; init; } = 1;
}
