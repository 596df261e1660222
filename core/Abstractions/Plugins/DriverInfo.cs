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

    /// <summary>How many sub-devices of one channel may be given firmware at the same time; 1 or more, default 1. With
    /// <see cref="OffersFirmware"/> those that have not come for it yet count, too.</summary>
    public int UpdateConcurrency { get; init; } = 1;

    /// <summary>Whether sub-devices come for an image by themselves, when they like: they sleep, or look for one once a day. What
    /// <see cref="IFirmwareUpdater.UpdateAsync"/> is given is an offer then, which may stand for days. Default no.</summary>
    /// <remarks>Such a driver serves those that come at its own pace: the gateway's bound for all channels does not count its
    /// sub-devices. A good <see cref="UpdateConcurrency"/> is how many images it can keep ready, such as 64.</remarks>
    public bool OffersFirmware { get; init; }
}
