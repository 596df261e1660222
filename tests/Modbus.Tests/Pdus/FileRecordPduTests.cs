using CsCheck;

namespace BridgeFramework.Modbus.Tests;

public sealed class FileRecordPduTests
{
    private static readonly Gen<(FileBlock Place, byte[] Data)> Legal =
        from words in Gen.Int[1, FileRecordPdu.MaxWords]
        from file in Gen.Int[1, ushort.MaxValue]
        from record in Gen.Int[0, FileRecordPdu.RecordsPerFile - words]
        from data in Gen.Byte.Array[2 * words]
        select (new FileBlock(file, record, words), data);

    [Fact]
    public void The_example_of_the_specification_is_written_as_it_says()
    {
        Span<byte> pdu = stackalloc byte[ModbusTcpFrame.MaxPduLength];
        int length = FileRecordPdu.WriteRequest(pdu, new FileBlock(4, 7, 3), [0x06, 0xAF, 0x04, 0xBE, 0x10, 0x0D]);
        Assert.Equal("150D0600040007000306AF04BE100D", Convert.ToHexString(pdu[..length]));
    }

    [Fact]
    public void What_is_written_is_its_own_answer_and_fits_a_frame() => Legal.Sample(block =>
    {
        var pdu = new byte[ModbusTcpFrame.MaxPduLength];
        int length = FileRecordPdu.WriteRequest(pdu, block.Place, block.Data);
        return pdu[1] == length - 2 && pdu[1] <= 0xFB
            && FileRecordPdu.IsAnswer(pdu.AsSpan(0, length), block.Place, block.Data, lenient: false);
    });

    [Fact]
    public void An_answer_with_a_bit_changed_or_a_byte_missing_is_none() =>
        Gen.Select(Legal, Gen.Int[0, 8 * 253 - 1]).Sample((block, bit) =>
    {
        var pdu = new byte[ModbusTcpFrame.MaxPduLength];
        int length = FileRecordPdu.WriteRequest(pdu, block.Place, block.Data);
        bit %= 8 * length;
        pdu[bit / 8] ^= (byte)(1 << bit % 8);
        bool changed = FileRecordPdu.IsAnswer(pdu.AsSpan(0, length), block.Place, block.Data, lenient: false);
        pdu[bit / 8] ^= (byte)(1 << bit % 8);
        return !changed && !FileRecordPdu.IsAnswer(pdu.AsSpan(0, bit / 8), block.Place, block.Data, lenient: false);
    });

    [Fact]
    public void A_lenient_echo_needs_the_head_and_all_of_it() => Legal.Sample(block =>
    {
        var pdu = new byte[ModbusTcpFrame.MaxPduLength];
        FileRecordPdu.WriteRequest(pdu, block.Place, block.Data);
        var head = pdu.AsSpan(0, FileRecordPdu.HeadLength);
        bool taken = FileRecordPdu.IsAnswer(head, block.Place, block.Data, lenient: true);
        bool strict = FileRecordPdu.IsAnswer(head, block.Place, block.Data, lenient: false);
        bool shorter = FileRecordPdu.IsAnswer(head[..^1], block.Place, block.Data, lenient: true);
        bool other = FileRecordPdu.IsAnswer(head, block.Place with { Record = block.Place.Record + 1 }, block.Data, lenient: true);
        return taken && !strict && !shorter && !other;
    });

    [Fact]
    public void No_answer_makes_it_throw() => Gen.Select(Gen.Byte.Array[0, 253], Legal, Gen.Bool).Sample((pdu, block, lenient) =>
    {
        FileRecordPdu.IsAnswer(pdu, block.Place, block.Data, lenient);
        return true;
    });

    [Theory]
    [InlineData(0, 0, 1)]
    [InlineData(65536, 0, 1)]
    [InlineData(1, -1, 1)]
    [InlineData(1, 9999, 2)]
    [InlineData(1, 0, 0)]
    [InlineData(1, 0, 123)]
    public void What_no_request_can_hold_is_the_callers_mistake(int file, int record, int words) =>
        Assert.Throws<ArgumentException>(
            () => FileRecordPdu.WriteRequest(new byte[253], new FileBlock(file, record, words), new byte[2 * words]));
}
