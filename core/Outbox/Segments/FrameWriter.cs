using System.Text;

namespace BridgeFramework.Outbox;

/// <summary>Builds one frame after another in one buffer.</summary>
internal sealed class FrameWriter
{
    private byte[] _bytes = new byte[1024];
    private int _length;

    public FrameWriter Begin(FrameKind kind)
    {
        _length = Frame.HeaderLength;
        Room(1);
        _bytes[_length++] = (byte)kind;
        return this;
    }

    public FrameWriter Number(long value)
    {
        Room(10);
        ulong rest = (ulong)value;
        for (; rest >= 0x80; rest >>= 7) _bytes[_length++] = (byte)(rest | 0x80);
        _bytes[_length++] = (byte)rest;
        return this;
    }

    public FrameWriter Numbers(ReadOnlySpan<long> values)
    {
        Number(values.Length);
        foreach (long value in values) Number(value);
        return this;
    }

    public FrameWriter Text(string text)
    {
        int length = Encoding.UTF8.GetByteCount(text);
        Number(length);
        Room(length);
        _length += Encoding.UTF8.GetBytes(text, _bytes.AsSpan(_length));
        return this;
    }

    /// <summary>The rest of the frame.</summary>
    public FrameWriter Bytes(ReadOnlySpan<byte> bytes)
    {
        Room(bytes.Length);
        bytes.CopyTo(_bytes.AsSpan(_length));
        _length += bytes.Length;
        return this;
    }

    /// <summary>The frame; good until the next one is begun.</summary>
    public ReadOnlySpan<byte> End()
    {
        var frame = _bytes.AsSpan(0, _length);
        Frame.Seal(frame);
        return frame;
    }

    private void Room(int bytes)
    {
        if (_length + bytes > _bytes.Length) Array.Resize(ref _bytes, Math.Max(_length + bytes, 2 * _bytes.Length));
    }
}
