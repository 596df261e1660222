using BridgeFramework.Configuration;

namespace BridgeFramework.Runtime;

/// <summary>A sub-device that the plan does not name any more, and of which something still waits for the hub.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Profile">How its messages look and where they go.</param>
/// <param name="Connected">For how long the hub could be reached since it leaves.</param>
public sealed record LeavingSubDevice(SubDeviceId Id, ProfileSettings Profile, TimeSpan Connected);
