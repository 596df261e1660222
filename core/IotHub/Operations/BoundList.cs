namespace BridgeFramework.IotHub;

/// <summary>The hub's list of the sub-devices that are bound to the gateway.</summary>
/// <param name="Devices">Each once, in the hub's order.</param>
/// <param name="MayBePartial">
/// Whether others may be bound as well. The hub's messages end at 16 KB, which is some 200 sub-devices, and it does not page; or the list
/// could not be read as a whole.
/// </param>
public sealed record BoundList(IReadOnlyList<DeviceIdentity> Devices, bool MayBePartial)
{
    /// <summary>A list of fewer names than this cannot have been cut off: an entry has at most 130 bytes.</summary>
    /// <remarks>Source: Tencent Cloud IoT Hub documentation, limits.</remarks>
    private const int CertainlyWhole = 16 * 1024 / 130;

    /// <param name="devices">What was read.</param>
    /// <param name="unreadable">How many entries were not.</param>
    /// <param name="isGiven">Whether there was a list at all: that the hub leaves out an empty one is documented nowhere.</param>
    internal static BoundList Of(IReadOnlyList<DeviceIdentity> devices, int unreadable, bool isGiven) =>
        new(devices, MayBePartial: !isGiven || unreadable > 0 || devices.Count >= CertainlyWhole);
}
