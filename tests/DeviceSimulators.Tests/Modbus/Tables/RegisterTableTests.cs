using CsCheck;
using Microsoft.Extensions.Time.Testing;

namespace BridgeFramework.DeviceSimulators.Tests;

public sealed class RegisterTableTests
{
    private readonly ModbusUnit _unit = new(1, new FakeTimeProvider());

    private string Wire(int address, int registers)
    {
        Span<byte> bytes = stackalloc byte[2 * registers];
        Assert.True(_unit.Holding.TryRead(address, bytes));
        return Convert.ToHexString(bytes);
    }

    [Theory]
    [InlineData(RegisterOrder.Abcd, "42F6E979", "405EDD2F1A9FBE77", "FFFFFEE08E04FB35")]
    [InlineData(RegisterOrder.Cdab, "E97942F6", "BE771A9FDD2F405E", "FB358E04FEE0FFFF")]
    [InlineData(RegisterOrder.Badc, "F64279E9", "5E402FDD9F1A77BE", "FFFFE0FE048E35FB")]
    [InlineData(RegisterOrder.Dcba, "79E9F642", "77BE9F1A2FDD5E40", "35FB048EE0FEFFFF")]
    public void A_value_lies_in_its_registers_in_the_order_asked(RegisterOrder order, string single, string real, string whole)
    {
        _unit.Holding.SetFloat32(0, 123.456f, order);
        _unit.Holding.SetFloat64(2, 123.456, order);
        _unit.Holding.SetInt64(6, -1234567890123, order);

        Assert.Equal(single, Wire(0, 2));
        Assert.Equal(real, Wire(2, 4));
        Assert.Equal(whole, Wire(6, 4));
    }

    [Fact]
    public void What_is_set_is_what_is_got() =>
        Gen.Select(Gen.Enum<RegisterOrder>(), Gen.Long, Gen.Int[0, 65532]).Sample((order, value, address) =>
        {
            var table = new ModbusUnit(1, TimeProvider.System).Holding;
            table.SetInt64(address, value, order);
            if (table.GetInt64(address, order) != value) return false;
            table.SetInt32(address, (int)value, order);
            if (table.GetInt32(address, order) != (int)value) return false;
            table.SetInt16(address, (short)value, order);
            return table.GetInt16(address, order) == (short)value;
        });

    [Fact]
    public void A_text_is_cut_at_its_first_NUL()
    {
        _unit.Holding.SetString(0, "Zähler 7", 6);
        Assert.Equal("5AE4686C657220370000" + "0000", Wire(0, 6));
        Assert.Equal("Zähler 7", _unit.Holding.GetString(0, 6));
        Assert.Throws<ArgumentException>(() => _unit.Holding.SetString(0, "Zähler 7", 3));
    }

    [Fact]
    public void A_value_that_ends_beyond_the_last_register_is_refused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => _unit.Holding.SetUInt32(65535, 1));

    [Fact]
    public void A_register_nobody_set_cannot_be_got()
    {
        _unit.Holding.SetUInt32(4, 1);
        _unit.Holding.Remove(5, 1);
        Assert.Throws<InvalidOperationException>(() => _unit.Holding.GetUInt32(4));
        Assert.Equal(0, _unit.Holding.GetUInt16(4));
    }
}
