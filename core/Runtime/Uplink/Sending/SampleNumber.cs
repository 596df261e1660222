using BridgeFramework.Outbox;

namespace BridgeFramework.Runtime;

/// <summary>What a receiver knows a sample of a sub-device by.</summary>
/// <param name="Lane">Its lane.</param>
/// <param name="Epoch">The epoch in which it was numbered; 8 characters <c>a</c> to <c>z</c> and <c>2</c> to <c>7</c>.</param>
/// <param name="Sequence">Its number.</param>
internal readonly record struct SampleNumber(LaneKind Lane, string Epoch, long Sequence);
