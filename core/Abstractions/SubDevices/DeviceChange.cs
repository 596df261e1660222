namespace BridgeFramework;

/// <summary>A change of one sub-device: added, replaced or removed.</summary>
/// <remarks>At least one of the two is given. Where both are, they have the same <see cref="SubDevice.Id"/>: a sub-device under
/// another id is one that is removed and one that is added.</remarks>
public sealed record DeviceChange
{
    /// <summary>The sub-device as it was, the instance that the driver was given; <see langword="null"/> when it is new.</summary>
    public SubDevice? Before { get; init; }

    /// <summary>The sub-device as it is from now on, a new instance; <see langword="null"/> when it is removed. It may say the same as
    /// <see cref="Before"/>, where what changed is the gateway's alone.</summary>
    public SubDevice? After { get; init; }
}
