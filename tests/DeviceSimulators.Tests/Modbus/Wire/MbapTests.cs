using System.Buffers;
using CsCheck;

namespace BridgeFramework.DeviceSimulators.Tests;

public sealed class MbapTests
{
    private static readonly byte[] Frame = [0x12, 0x34, 0, 0, 0, 6, 0x11, 3, 0, 0x6B, 0, 3];

    [Fact]
    public void A_whole_frame_is_read()
    {
        Assert.Equal(OperationStatus.Done, Mbap.TryRead(Frame, out var header));
        Assert.Equal(new Mbap(0x1234, 0x11, 5), header);
        Assert.Equal(Frame.Length, header.AduLength);
    }

    [Fact]
    public void Every_proper_prefix_wants_more()
    {
        for (int length = 0; length < Frame.Length; length++)
            Assert.Equal(OperationStatus.NeedMoreData, Mbap.TryRead(Frame.AsSpan(0, length), out _));
    }

    [Theory]
    [InlineData("0001 0001 0006 01")] // another protocol
    [InlineData("0001 0000 0000 01")]
    [InlineData("0001 0000 0001 01")] // a unit without a PDU
    [InlineData("0001 0000 00FF 01")]
    [InlineData("0001 0000 FFFF 01")]
    public void A_header_that_cannot_be_Modbus_is_invalid_at_once(string hex) =>
        Assert.Equal(
            OperationStatus.InvalidData, Mbap.TryRead(Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal)), out _));

    [Fact]
    public void What_is_written_is_read_back() =>
        Gen.Select(Gen.UShort, Gen.Byte, Gen.Int[1, Mbap.MaxPduLength]).Sample((transaction, unit, length) =>
        {
            var header = new Mbap(transaction, unit, length);
            var adu = new byte[header.AduLength];
            header.Write(adu);
            return Mbap.TryRead(adu, out var read) == OperationStatus.Done && read == header;
        });
}
