namespace BridgeFramework.IotHub;

/// <summary>Follows the packets in a stream of bytes, however it is cut up, and refuses one that announces too many before its body is
/// read: the client library makes room for all that is announced.</summary>
/// <remarks>Source: MQTT 3.1.1, section 2.2: a byte with the type, one to four with the remaining length, and so many more.</remarks>
/// <param name="limit">The largest remaining length that is taken, bytes.</param>
internal sealed class PacketWatch(int limit)
{
    private const int MaxLengthBytes = 4;
    private int _type = -1; // of the packet whose header is under way; -1 before one begins
    private int _lengthBytes;
    private int _length;
    private int _bodyLeft;

    /// <summary>Bytes have come.</summary>
    /// <param name="bytes">All that came since the last call.</param>
    /// <exception cref="OversizedPacketException">They begin a packet that is too large; or one whose length has no end.</exception>
    public void Follow(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            if (_bodyLeft > 0)
            {
                int skipped = Math.Min(_bodyLeft, bytes.Length);
                _bodyLeft -= skipped;
                bytes = bytes[skipped..];
                continue;
            }

            Header(bytes[0]);
            bytes = bytes[1..];
        }
    }

    private void Header(byte next)
    {
        if (_type < 0)
        {
            (_type, _length, _lengthBytes) = (next >> 4, 0, 0);
            return;
        }

        _length |= (next & 0x7F) << (7 * _lengthBytes++);
        bool goesOn = (next & 0x80) != 0;
        if (goesOn && _lengthBytes < MaxLengthBytes) return;
        if (goesOn || _length > limit) throw new OversizedPacketException(_type, _length, limit);
        (_type, _bodyLeft) = (-1, _length);
    }
}
