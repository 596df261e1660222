using System.Buffers;

namespace BridgeFramework.Modbus;

/// <summary>Shows one whole frame.</summary>
internal delegate void FrameTap(FrameDirection direction, ReadOnlySpan<byte> frame);

internal static class FrameTaps
{
    /// <summary>Shows frames that are written together, one by one.</summary>
    public static void ShowSent(this FrameTap tap, ReadOnlySpan<byte> frames)
    {
        while (ModbusTcpFrame.TryRead(frames, out var frame, out int consumed) == OperationStatus.Done)
        {
            tap(FrameDirection.Sent, frame.Bytes);
            frames = frames[consumed..];
        }
    }
}
