using BridgeFramework.Configuration;

namespace BridgeFramework.Runtime;

/// <summary>A channel that stands still, and how it did until then.</summary>
/// <param name="Plan">What it was until then.</param>
/// <param name="ToldAt">When its driver was told to make room, as <see cref="TimeProvider.GetTimestamp"/> counts.</param>
/// <param name="Points">Its points at that time.</param>
internal sealed record HeldChannel(ChannelPlan Plan, long ToldAt, IReadOnlyList<PointHealth> Points);
