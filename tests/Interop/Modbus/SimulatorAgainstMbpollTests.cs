using BridgeFramework.DeviceSimulators;

namespace BridgeFramework.Interop;

/// <summary>Our slave as libmodbus sees it, so that our driver and our slave are not just agreeing with each other.</summary>
public sealed class SimulatorAgainstMbpollTests
{
    private static ModbusSlave Start()
    {
        var slave = ModbusSlave.Start();
        var unit = slave.AddUnit(17);
        unit.Holding.SetFloat32(0, 123.456f);
        unit.Holding.SetInt32(2, -123456789);
        unit.Holding.SetUInt16(10, 54321);
        unit.Holding.SetUInt16(11, 7);
        unit.Input.SetUInt16(5, 42);
        for (int i = 0; i < 20; i++) (unit.Coils[i], unit.DiscreteInputs[100 + i]) = (i % 3 == 0, i % 2 == 0);
        return slave;
    }

    [Fact]
    public async Task Libmodbus_reads_all_four_tables()
    {
        await using var slave = Start();
        Assert.Equal([123.456], await Mbpoll.ReadAsync(slave.Port, 17, "4:float", 0, 1));
        Assert.Equal([-123456789], await Mbpoll.ReadAsync(slave.Port, 17, "4:int", 2, 1));
        Assert.Equal([54321, 7], await Mbpoll.ReadAsync(slave.Port, 17, "4", 10, 2));
        Assert.Equal([42], await Mbpoll.ReadAsync(slave.Port, 17, "3", 5, 1));
        Assert.Equal(Enumerable.Range(0, 20).Select(i => i % 3 == 0 ? 1.0 : 0), await Mbpoll.ReadAsync(slave.Port, 17, "0", 0, 20));
        Assert.Equal(Enumerable.Range(0, 20).Select(i => i % 2 == 0 ? 1.0 : 0), await Mbpoll.ReadAsync(slave.Port, 17, "1", 100, 20));
    }

    [Fact]
    public async Task Libmodbus_writes_coils_and_registers_one_and_many()
    {
        await using var slave = Start();
        var unit = slave[17];

        await Mbpoll.WriteAsync(slave.Port, 17, "4", 10, "215");
        await Mbpoll.WriteAsync(slave.Port, 17, "4", 10, "216", "217");
        await Mbpoll.WriteAsync(slave.Port, 17, "4:float", 0, "21.5");
        await Mbpoll.WriteAsync(slave.Port, 17, "0", 1, "1");
        await Mbpoll.WriteAsync(slave.Port, 17, "0", 4, "1", "1", "0");

        Assert.Equal((216, 217), (unit.Holding.GetUInt16(10), unit.Holding.GetUInt16(11)));
        Assert.Equal(21.5f, unit.Holding.GetFloat32(0));
        Assert.Equal([true, true, false], [unit.Coils[4], unit.Coils[5], unit.Coils[6]]);
        Assert.True(unit.Coils[1]);
    }

    [Fact]
    public async Task Libmodbus_understands_the_refusals()
    {
        await using var slave = Start();
        Assert.Contains("Illegal data address", await Mbpoll.FailAsync(slave.Port, 17, "4", 11, 2), StringComparison.Ordinal);
        slave.Inject(new ModbusFault { Exception = ModbusExceptionCode.ServerDeviceBusy });
        Assert.Contains("busy", await Mbpoll.FailAsync(slave.Port, 17, "4", 10, 1), StringComparison.OrdinalIgnoreCase);
    }
}
