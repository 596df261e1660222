using CsCheck;
using Microsoft.Extensions.Time.Testing;

namespace BridgeFramework.DeviceSimulators.Tests;

public sealed class ResponderTests
{
    private static ModbusUnit Unit()
    {
        var unit = new ModbusUnit(1, new FakeTimeProvider());
        // The examples of MODBUS Application Protocol V1.1b3, sections 6.1 to 6.17, at their addresses less one.
        byte[] coils = [0xCD, 0x6B, 0xB2, 0x0E, 0x1B];
        for (int i = 0; i < 40; i++) unit.Coils[19 + i] = (coils[i / 8] >> (i % 8) & 1) != 0;
        byte[] inputs = [0xAC, 0xDB, 0x35];
        for (int i = 0; i < 24; i++) unit.DiscreteInputs[196 + i] = (inputs[i / 8] >> (i % 8) & 1) != 0;
        unit.Holding.SetUInt16(107, 0x022B);
        unit.Holding.SetUInt16(108, 0x0000);
        unit.Holding.SetUInt16(109, 0x0064);
        unit.Input.SetUInt16(8, 0x000A);
        unit.Coils[172] = false;
        for (int i = 0; i < 6; i++) unit.Holding.SetUInt16(1 + i, 0);
        unit.Holding.SetUInt16(4, 0x0012);
        return unit;
    }

    private static string Ask(ModbusUnit unit, string request)
    {
        Span<byte> answer = stackalloc byte[Mbap.MaxPduLength];
        var responder = new Responder(unit, Convert.FromHexString(request.Replace(" ", "", StringComparison.Ordinal)), answer);
        return Convert.ToHexString(answer[..responder.Answer()]);
    }

    [Theory]
    [InlineData("01 0013 0013", "0103CD6B02")]
    [InlineData("02 00C4 0016", "0203ACDB35")]
    [InlineData("03 006B 0003", "0306022B00000064")]
    [InlineData("04 0008 0001", "0402000A")]
    [InlineData("05 00AC FF00", "0500ACFF00")]
    [InlineData("06 0001 0003", "0600010003")]
    [InlineData("0F 0013 000A 02 CD01", "0F0013000A")]
    [InlineData("10 0001 0002 04 000A0102", "1000010002")]
    [InlineData("16 0004 00F2 0025", "16000400F20025")]
    public void The_examples_of_the_specification_are_answered_as_it_says(string request, string answer) =>
        Assert.Equal(answer, Ask(Unit(), request));

    [Theory]
    [InlineData("07", "8701")]                          // serial line only
    [InlineData("41 00", "C101")]
    [InlineData("01 0013 0000", "8103")]
    [InlineData("01 0013 07D1", "8103")]
    [InlineData("03 006B 0000", "8303")]
    [InlineData("03 006B 007E", "8303")]
    [InlineData("03 006B", "8303")]
    [InlineData("03 006B 0004", "8302")]                // runs into a hole
    [InlineData("03 FFFF 0002", "8302")]                // runs over the end
    [InlineData("04 0009 0001", "8402")]
    [InlineData("05 00AC 0001", "8503")]
    [InlineData("05 0000 FF00", "8502")]
    [InlineData("06 0000 0001", "8602")]
    [InlineData("0F 0013 07B1 F7 00", "8F03")]
    [InlineData("0F 0013 000A 01 CD", "8F03")]          // byte count does not fit the count
    [InlineData("10 0001 0002 04 000A01", "9003")]      // fewer bytes than announced
    [InlineData("10 0001 007C F8 00", "9003")]
    [InlineData("16 0000 FFFF 0000", "9602")]
    [InlineData("17 0001 0001 0001 007A F4 00", "9703")]
    [InlineData("17 0001 0001", "9703")]
    [InlineData("2B 0D 01 00", "AB01")]
    [InlineData("2B 0E 05 00", "AB03")]
    [InlineData("2B 0E 04 55", "AB02")]
    public void A_wrong_request_is_refused_with_the_exception_of_the_specification(string request, string answer) =>
        Assert.Equal(answer, Ask(Unit(), request));

    [Fact]
    public void A_mask_write_changes_the_bits_it_names()
    {
        var unit = Unit();
        Ask(unit, "16 0004 00F2 0025");
        Assert.Equal(0x17, unit.Holding.GetUInt16(4));
    }

    [Fact]
    public void Read_write_reads_after_it_wrote() =>
        Assert.Equal("17040005000A", Ask(Unit(), "17 0001 0002 0001 0002 04 0005000A"));

    [Fact]
    public void A_read_write_that_cannot_read_does_not_write()
    {
        var unit = Unit();
        Assert.Equal("9702", Ask(unit, "17 0200 0001 0001 0001 02 0005"));
        Assert.Equal(0, unit.Holding.GetUInt16(1));
    }

    [Fact]
    public void A_write_that_touches_a_hole_changes_nothing()
    {
        var unit = Unit();
        Assert.Equal("9002", Ask(unit, "10 0006 0002 04 00090009"));
        Assert.Equal(0, unit.Holding.GetUInt16(6));
    }

    [Fact]
    public void Identification_that_does_not_fit_one_answer_says_where_to_go_on()
    {
        var unit = Unit();
        unit.Identify(0x00, "Vendor");
        unit.Identify(0x01, new string('p', 200));
        unit.Identify(0x02, new string('r', 200));

        string first = Ask(unit, "2B 0E 01 00");
        Assert.StartsWith("2B0E0183FF0202", first, StringComparison.Ordinal); // more follows, from object 02, two objects here
        Assert.StartsWith("2B0E018300000102C8", Ask(unit, "2B 0E 01 02"), StringComparison.Ordinal);
        Assert.Equal("2B0E0483000001000656656E646F72", Ask(unit, "2B 0E 04 00"));
    }

    [Fact]
    public void No_request_makes_it_throw_and_every_answer_fits()
    {
        var unit = Unit();
        unit.Identify(0x00, "Vendor");
        Gen.Byte.Array[1, Mbap.MaxPduLength].Sample(request =>
        {
            Span<byte> answer = stackalloc byte[Mbap.MaxPduLength];
            int length = new Responder(unit, request, answer).Answer();
            return length is >= 2 and <= Mbap.MaxPduLength && (answer[0] & 0x7F) == (request[0] & 0x7F);
        });
    }
}
