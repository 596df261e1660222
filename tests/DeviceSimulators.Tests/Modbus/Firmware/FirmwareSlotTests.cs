using CsCheck;
using Microsoft.Extensions.Time.Testing;

namespace BridgeFramework.DeviceSimulators.Tests;

public sealed class FirmwareSlotTests
{
    // "123456789", whose CRC32 is CBF43926, as version "2.0" in blocks of 3 words from file 1 on.
    private const string Announce = "10 F000 0010 20 0001 0000 00000009 CBF43926 322E3000000000000000000000000000 0003 0001";
    private const string Verify = "06 F000 0002";
    private const string Activate = "06 F000 0003";
    private const string Abort = "06 F000 0004";
    private const string State = "03 F010 0004";

    private readonly FakeTimeProvider _time = new();
    private readonly ModbusUnit _unit;

    public FirmwareSlotTests()
    {
        _unit = new ModbusUnit(1, _time);
        _unit.Holding.SetUInt16(0, 7);
        _unit.AddFirmware(new FirmwareOptions { ProductId = 0x1234, LargestBlock = 3, LargestImageKib = 8 });
    }

    private FirmwareSlot Slot => _unit.Firmware!; // added above

    [Fact]
    public void The_window_says_what_the_unit_is() => Assert.Equal(
        "0320" + "0000" + "0000" + "00000000" + "0003" + "0008" + "312E302E300000000000000000000000" + "1234" + "0001", Ask(
            "03 F010 0010"));

    [Fact]
    public void An_image_is_taken_checked_and_started()
    {
        Assert.Equal("10F0000010", Ask(Announce));
        Assert.Equal("0308" + "0001" + "0000" + "00000000", Ask(State));
        Pass(2);
        Assert.Equal("0308" + "0002" + "0000" + "00000000", Ask(State));
        Assert.Equal("150D0600010000000331323334" + "3536", Ask("15 0D 06 0001 0000 0003 313233343536"));
        Assert.Equal("0308" + "0002" + "0000" + "00000006", Ask(State));
        Assert.Equal("150B0600010003000237383900", Ask("15 0B 06 0001 0003 0002 37383900"));
        Assert.Equal("0308" + "0002" + "0000" + "00000009", Ask(State));
        Assert.Equal("06F0000002", Ask(Verify));
        Assert.Equal("0308" + "0003" + "0000" + "00000009", Ask(State));
        Pass(1);
        Assert.Equal("0308" + "0004" + "0000" + "00000009", Ask(State));
        Assert.Equal("06F0000003", Ask(Activate));
        Assert.Equal("", Ask("03 0000 0001"));
        Pass(5);
        Assert.Equal("03020007", Ask("03 0000 0001"));
        Assert.Equal("0320" + "0000" + "0000" + "00000000" + "0003" + "0008" + "322E3000000000000000000000000000" + "1234" + "0001", Ask(
            "03 F010 0010"));
        Assert.Equal("123456789"u8.ToArray(), Slot.Image.ToArray());
    }

    [Fact]
    public void A_block_may_come_twice_but_not_with_other_bytes()
    {
        Receive();
        Ask("15 09 06 0001 0000 0001 3132");
        Assert.Equal("15090600010000000" + "13132", Ask("15 09 06 0001 0000 0001 3132"));
        Assert.Equal("9504", Ask("15 09 06 0001 0000 0001 3133"));
        Assert.Equal("0308" + "0002" + "0000" + "00000002", Ask(State));
    }

    [Fact]
    public void Blocks_may_come_in_any_order_and_a_gap_counts_until_it_is_filled()
    {
        Receive();
        Ask("15 0B 06 0001 0003 0002 37383900");
        Assert.Equal(0, Slot.Received);
        Ask(Verify);
        Pass(1);
        Assert.Equal((FirmwareSlotState.Failed, FirmwareSlotError.Gap), (Slot.State, Slot.Error));
    }

    [Fact]
    public void Several_groups_in_one_request_are_taken_together_or_not_at_all()
    {
        Receive();
        Assert.Equal("9502", Ask("15 12 06 0001 0000 0001 3132 06 0001 0005 0001 3334"));
        Assert.Equal(0, Slot.Received);
        Assert.Equal("1512060001000000013132060001000100013334", Ask("15 12 06 0001 0000 0001 3132 06 0001 0001 0001 3334"));
        Assert.Equal(4, Slot.Received);
    }

    [Theory]
    [InlineData("15 09 06 0001 0000 0001 3132", FirmwareSlotState.Idle, "9504")]      // nothing announced
    [InlineData("15 09 06 0001 0000 0001 3132", FirmwareSlotState.Erasing, "9506")]
    [InlineData("15 0F 06 0001 0000 0004 3132333435363738", FirmwareSlotState.Receiving, "9503")] // over the largest block
    [InlineData("15 09 06 0001 0000 0002 3132", FirmwareSlotState.Receiving, "9503")] // fewer words than said
    [InlineData("15 0A 06 0001 0000 0001 3132", FirmwareSlotState.Receiving, "9503")]
    [InlineData("15 09 07 0001 0000 0001 3132", FirmwareSlotState.Receiving, "9503")]
    [InlineData("15 07 06 0001 0000 0000", FirmwareSlotState.Receiving, "9503")]
    [InlineData("15 09 06 0001 0005 0001 3132", FirmwareSlotState.Receiving, "9502")] // past the end
    [InlineData("15 09 06 0002 0000 0001 3132", FirmwareSlotState.Receiving, "9502")]
    [InlineData("15 0B 06 0001 270F 0002 31323132", FirmwareSlotState.Receiving, "9502")] // over the border of a file
    [InlineData(Verify, FirmwareSlotState.Idle, "8603")]
    [InlineData(Verify, FirmwareSlotState.Erasing, "8606")]
    [InlineData(Activate, FirmwareSlotState.Receiving, "8603")]
    [InlineData("06 F000 0001", FirmwareSlotState.Receiving, "8603")]                // an image without its data
    [InlineData("06 F000 0009", FirmwareSlotState.Idle, "8603")]
    [InlineData("06 F001 0001", FirmwareSlotState.Idle, "8602")]
    [InlineData("03 F000 0001", FirmwareSlotState.Idle, "8302")]                     // is only written
    [InlineData("03 F01F 0002", FirmwareSlotState.Idle, "8302")]
    public void What_does_not_fit_is_refused_and_changes_nothing(string request, FirmwareSlotState state, string answer)
    {
        if (state != FirmwareSlotState.Idle) Ask(Announce);
        if (state == FirmwareSlotState.Receiving) Pass(2);
        Assert.Equal(answer, Ask(request));
        Assert.Equal((state, 0), (Slot.State, Slot.Received));
    }

    [Fact]
    public void An_image_with_another_checksum_fails()
    {
        Receive();
        Ask("15 0D 06 0001 0000 0003 313233343536");
        Ask("15 0B 06 0001 0003 0002 37383800");
        Ask(Verify);
        Pass(1);
        Assert.Equal((FirmwareSlotState.Failed, FirmwareSlotError.Crc), (Slot.State, Slot.Error));
    }

    [Fact]
    public void An_abort_leaves_the_unit_idle_with_its_old_version()
    {
        Receive();
        Assert.Equal("06F0000004", Ask(Abort));
        Assert.Equal((FirmwareSlotState.Idle, "1.0.0", 1), (Slot.State, Slot.Version, Slot.Aborts));
    }

    [Fact]
    public void A_fault_at_a_block_happens_once()
    {
        Slot.Fault = new FirmwareFault { DropsAnswerOfBlock = 1, SilentAtBlock = 2, SilentSeconds = 4, LosesPowerAtBlock = 3 };
        Receive();
        const string Block = "15 09 06 0001 0000 0001 3132";
        Assert.Equal("", Ask(Block));
        Assert.Equal(2, Slot.Received);
        Assert.Equal("", Ask(Block));
        Pass(3);
        Assert.Equal("", Ask(State));
        Pass(1);
        Assert.Equal("", Ask(Block));
        Pass(5);
        Assert.Equal((FirmwareSlotState.Idle, "1.0.0"), (Slot.State, Slot.Version));
        Receive();
        for (int i = 0; i < 3; i++) Assert.NotEmpty(Ask(Block));
    }

    [Fact]
    public void While_it_erases_it_can_be_busy_or_silent_to_all()
    {
        Slot.Fault = new FirmwareFault { BusyWhileErasing = true };
        Ask(Announce);
        Assert.Equal("8306", Ask("03 0000 0001"));
        Slot.Fault = new FirmwareFault { SilentWhileErasing = true };
        Assert.Equal("", Ask("03 0000 0001"));
        Pass(2);
        Assert.Equal("03020007", Ask("03 0000 0001"));
    }

    [Fact]
    public void A_unit_that_takes_no_firmware_knows_neither_function_nor_window()
    {
        var other = new ModbusUnit(2, _time);
        Assert.Equal("9501", Ask("15 09 06 0001 0000 0001 3132", other));
        Assert.Equal("9002", Ask(Announce, other));
    }

    [Fact]
    public void No_request_to_a_unit_that_receives_makes_it_throw()
    {
        Receive();
        var function = Gen.OneOf(Gen.Const((byte)3), Gen.Const((byte)6), Gen.Const((byte)0x10), Gen.Const((byte)0x15));
        var request = from code in function from rest in Gen.Byte.Array[0, 252] select (byte[])[code, .. rest];
        request.Sample(
            pdu =>
            {
                Span<byte> answer = stackalloc byte[Mbap.MaxPduLength];
                return new Responder(_unit, pdu, answer).Answer() is >= 0 and <= Mbap.MaxPduLength;
            },
            threads: 1);
    }

    [Theory]
    [InlineData("""{ "window": 65505 }""", "expected 0..65504")]
    [InlineData("""{ "version": "12345678901234567" }""", "expected 1..16 characters")]
    [InlineData("""{ "largestBlock": 123 }""", "expected 1..122")]
    [InlineData("""{ "largestImageKib": 0 }""", "expected 1..65535")]
    [InlineData("""{ "eraseSeconds": -1 }""", "expected 0..86400")]
    [InlineData("""{ "fault": { "atVerify": "sun" } }""", "atVerify")]
    public void A_mistake_in_the_model_is_named(string firmware, string message) =>
        Assert.Contains(
            message,
            Assert.Throws<FormatException>(() => ModbusModel.Parse($$"""{ "units": [{ "id": "1", "firmware": {{firmware}} }] }""", "a.json")).Message,
            StringComparison.Ordinal);

    [Fact]
    public async Task A_model_gives_units_firmware_and_faults()
    {
        await using var slave = ModbusSlave.Start();
        ModbusModel.Parse(
            """{ "units": [{ "id": "1..2", "firmware": { "version": "3.1", "fault": { "atVerify": "wrongProduct", "dropsAnswerOfBlock": 4 } } }] }""", "test").ApplyTo(slave);
        var firmware = slave[2].Firmware;
        Assert.NotNull(firmware);
        Assert.Equal(
            ("3.1", FirmwareSlotError.WrongProduct, 4), (firmware.Version, firmware.Fault.AtVerify, firmware.Fault.DropsAnswerOfBlock));
    }

    private void Receive()
    {
        Ask(Announce);
        Pass(2);
    }

    private void Pass(double seconds) => _time.Advance(TimeSpan.FromSeconds(seconds));

    private string Ask(string request, ModbusUnit? unit = null)
    {
        Span<byte> answer = stackalloc byte[Mbap.MaxPduLength];
        var responder = new Responder(unit ?? _unit, Convert.FromHexString(request.Replace(" ", "", StringComparison.Ordinal)), answer);
        return Convert.ToHexString(answer[..responder.Answer()]);
    }
}
