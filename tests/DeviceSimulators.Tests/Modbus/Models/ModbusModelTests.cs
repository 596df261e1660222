using Microsoft.Extensions.Time.Testing;

namespace BridgeFramework.DeviceSimulators.Tests;

public sealed class ModbusModelTests
{
    [Fact]
    public async Task The_built_in_model_is_the_one_the_example_configuration_reads()
    {
        var time = new FakeTimeProvider();
        await using var slave = ModbusSlave.Start(new ModbusSlaveOptions { Time = time });
        ModbusModel.Default.ApplyTo(slave);

        Assert.Equal([1, 2, 3, 9], slave.Units.Select(unit => (int)unit.Id).Order());
        Assert.Equal(230.5f, slave[1].Holding.GetFloat32(0));
        Assert.Equal(1100, slave[1].Holding.GetFloat64(2));
        Assert.Equal(200, slave[1].Holding.GetInt16(10));
        Assert.Equal(42, slave[9].Input.GetUInt16(0));

        time.Advance(TimeSpan.FromSeconds(15)); // a quarter of the swing
        Assert.Equal(232.5f, slave[1].Holding.GetFloat32(0));
        time.Advance(TimeSpan.FromHours(2) - TimeSpan.FromSeconds(15));
        Assert.Equal(1103, slave[1].Holding.GetFloat64(2));
    }

    [Fact]
    public async Task A_setpoint_keeps_what_a_master_wrote()
    {
        var time = new FakeTimeProvider();
        await using var slave = ModbusSlave.Start(new ModbusSlaveOptions { Time = time });
        ModbusModel.Default.ApplyTo(slave);
        using var master = await RawMaster.ConnectAsync(slave);
        await master.AskAsync(1, "06 000A 00D7");
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("030200D7", await master.AskAsync(1, "03 000A 0001"));
    }

    [Fact]
    public async Task A_register_that_counts_its_reads_shows_each_number_to_one_request()
    {
        await using var slave = ModbusSlave.Start();
        ModbusModel.Parse("""{ "units": [{ "id": "1..2", "holding": [{ "address": 0, "type": "uInt32", "value": 65535, "perRead": 1 }, { "address": 2, "type": "int16" }] }] }""", "test").ApplyTo(slave);
        using var master = await RawMaster.ConnectAsync(slave);
        Assert.Equal("03040000FFFF", await master.AskAsync(1, "03 0000 0002"));
        Assert.Equal("030600010000" + "0000", await master.AskAsync(1, "03 0000 0003"));
        // Not all of it, none of it, or not allowed: no read of the number.
        Assert.Equal("03020001", await master.AskAsync(1, "03 0000 0001"));
        Assert.Equal("03020000", await master.AskAsync(1, "03 0002 0001"));
        Assert.Equal("8302", await master.AskAsync(1, "03 0000 0004"));
        Assert.Equal(65537u, slave[1].Holding.GetUInt32(0));
        Assert.Equal("030400010001", await master.AskAsync(1, "03 0000 0002"));
        Assert.Equal("03040000FFFF", await master.AskAsync(2, "03 0000 0002"));
    }

    [Fact]
    public async Task A_register_may_count_its_reads_and_move_with_time()
    {
        var time = new FakeTimeProvider();
        await using var slave = ModbusSlave.Start(new ModbusSlaveOptions { Time = time });
        ModbusModel.Parse("""{ "units": [{ "id": "1", "input": [{ "address": 5, "type": "uInt16", "perRead": 2, "perHour": 100 }] }] }""", "test").ApplyTo(slave);
        using var master = await RawMaster.ConnectAsync(slave);
        Assert.Equal("04020000", await master.AskAsync(1, "04 0005 0001"));
        time.Advance(TimeSpan.FromHours(1));
        Assert.Equal("04020066", await master.AskAsync(1, "04 0005 0001"));
    }

    [Theory]
    [InlineData("int16", 1e9, "7FFF")]
    [InlineData("uInt16", -5, "0000")]
    [InlineData("int32", -1e12, "80000000")]
    [InlineData("uInt64", 1.5, "0000000000000002")]
    public async Task A_number_out_of_range_is_held_at_the_end_of_it(string type, double value, string wire)
    {
        await using var slave = ModbusSlave.Start();
        ModbusModel.Parse($$"""{ "units": [{ "id": "1", "holding": [{ "address": 0, "type": "{{type}}", "value": {{value:R}} }] }] }""", "test").ApplyTo(slave);
        using var master = await RawMaster.ConnectAsync(slave);
        Assert.Equal($"03{wire.Length / 2:X2}{wire}", await master.AskAsync(1, $"03 0000 000{wire.Length / 4}"));
    }

    [Theory]
    [InlineData("""{ "units": [{ "id": "1..x" }] }""", "a.json: \"id\": \"1..x\" is no unit")]
    [InlineData("""{ "units": [{ "id": "256" }] }""", "expected a number 0..255")]
    [InlineData("""{ "units": [{ "id": "1", "identification": { "zz": "x" } }] }""", "\"zz\" is no object id")]
    [InlineData("""{ "units": [{ "id": "1", "input": [{ "address": 65535, "type": "float32" }] }] }""", "ends beyond 65535")]
    [InlineData("""{ "units": [{ "id": "1", "input": [{ "address": 0, "type": "float32", "periodSeconds": 0 }] }] }""", "expected more than 0")]
    [InlineData("""{ "units": [{ "id": "1", "hodling": [] }] }""", "hodling")]
    [InlineData("{\n \"units\": [,] }", "a.json(2,")]
    [InlineData("null", "expected an object")]
    public void A_mistake_says_where_it_is(string json, string message) =>
        Assert.Contains(message, Assert.Throws<FormatException>(() => ModbusModel.Parse(json, "a.json")).Message, StringComparison.Ordinal);
}
