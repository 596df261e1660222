using System.Buffers;
using CsCheck;

namespace BridgeFramework.Modbus.Tests;

public sealed class ModbusTcpFrameTests
{
    // The answer to "read one input register", with an MBAP header.
    private static readonly byte[] Sample = [0x15, 0x01, 0, 0, 0, 5, 0xFF, 0x04, 0x02, 0x00, 0x05];

    [Fact]
    public void A_whole_frame_is_read()
    {
        Assert.Equal(OperationStatus.Done, ModbusTcpFrame.TryRead(Sample, out var frame, out int consumed));
        Assert.Equal(Sample.Length, consumed);
        Assert.Equal(0x1501, frame.TransactionId);
        Assert.Equal(0xFF, frame.Unit);
        Assert.Equal([0x04, 0x02, 0x00, 0x05], frame.Pdu.ToArray());
    }

    [Fact]
    public void Every_proper_prefix_needs_more()
    {
        for (int length = 0; length < Sample.Length; length++)
        {
            Assert.Equal(OperationStatus.NeedMoreData, ModbusTcpFrame.TryRead(Sample.AsSpan(0, length), out _, out int consumed));
            Assert.Equal(0, consumed);
        }
    }

    [Theory]
    [InlineData(1, 5)]
    [InlineData(0x0100, 5)]
    [InlineData(0, 0)]
    [InlineData(0, 1)]
    [InlineData(0, 2)]
    [InlineData(0, 255)]
    [InlineData(0, 65535)]
    public void An_illegal_header_is_seen_before_its_length_is_waited_for(int protocol, int length)
    {
        byte[] header = [0, 1, (byte)(protocol >> 8), (byte)protocol, (byte)(length >> 8), (byte)length];
        Assert.Equal(OperationStatus.InvalidData, ModbusTcpFrame.TryRead(header, out _, out _));
    }

    [Fact]
    public void The_longest_frame_is_read()
    {
        var frame = new byte[ModbusTcpFrame.MaxLength];
        Assert.Equal(frame.Length, ModbusTcpFrame.WriteHeader(frame, 7, 1, ModbusTcpFrame.MaxPduLength));
        Assert.Equal(OperationStatus.Done, ModbusTcpFrame.TryRead(frame, out _, out int consumed));
        Assert.Equal(260, consumed);
    }

    [Fact]
    public void What_is_written_is_read() =>
        Gen.Select(Gen.UShort, Gen.Byte, Gen.Byte.Array[2, 253]).Sample((id, unit, pdu) =>
        {
            var buffer = new byte[ModbusTcpFrame.MaxLength];
            pdu.CopyTo(buffer, ModbusTcpFrame.HeaderLength);
            int length = ModbusTcpFrame.WriteHeader(buffer, id, unit, pdu.Length);
            return ModbusTcpFrame.TryRead(buffer.AsSpan(0, length), out var frame, out int consumed) == OperationStatus.Done
                && consumed == length && frame.TransactionId == id && frame.Unit == unit && frame.Pdu.SequenceEqual(pdu);
        });

    [Fact]
    public void No_bytes_make_it_throw() =>
        Gen.Byte.Array[0, 600].Sample(bytes =>
        {
            var status = ModbusTcpFrame.TryRead(bytes, out _, out int consumed);
            return status == OperationStatus.Done ? consumed is >= 9 and <= 260 : consumed == 0;
        });
}
