using System.Runtime.InteropServices;

namespace BridgeFramework.Runtime;

/// <summary>How one point of a channel does.</summary>
/// <param name="Device">Its sub-device.</param>
/// <param name="Point">Its name.</param>
/// <param name="Interval">How often it is wanted.</param>
/// <param name="ReportedAt">When it was last reported, as <see cref="TimeProvider.GetTimestamp"/> counts;
/// <see langword="null"/> for not in this run.</param>
/// <param name="IsGood">Whether it had a value then.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct PointHealth(SubDeviceId Device, string Point, TimeSpan Interval, long? ReportedAt, bool IsGood);
