namespace BridgeFramework.Testing;

/// <summary>One call of <see cref="IChannel.RecordFrame"/>.</summary>
/// <param name="Direction">Sent or received.</param>
/// <param name="Bytes">A copy of the frame.</param>
public sealed record RecordedFrame(FrameDirection Direction, ReadOnlyMemory<byte> Bytes);
