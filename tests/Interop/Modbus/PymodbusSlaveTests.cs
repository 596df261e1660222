namespace BridgeFramework.Interop;

/// <summary>Two programs of others against each other: what the slave of the other tests holds is what its head says.</summary>
public sealed class PymodbusSlaveTests
{
    [Fact]
    public async Task Libmodbus_reads_from_pymodbus_what_the_script_says()
    {
        await using var slave = await PymodbusSlave.StartAsync();
        Assert.Equal([123.456], await Mbpoll.ReadAsync(slave.Port, 1, "4:float", 6, 1));
        Assert.Equal([-123456789], await Mbpoll.ReadAsync(slave.Port, 1, "3:int", 2, 1));
        Assert.Equal([0xE979, 0x42F6], await Mbpoll.ReadAsync(slave.Port, 1, "4", 106, 2));
        Assert.Equal([0x79E9, 0xF642], await Mbpoll.ReadAsync(slave.Port, 1, "4", 306, 2));
        Assert.Equal([0x5E40, 0x2FDD, 0x9F1A, 0x77BE], await Mbpoll.ReadAsync(slave.Port, 1, "4", 216, 4));
        Assert.Equal([1, 0, 1, 1, 0, 0, 1, 1], await Mbpoll.ReadAsync(slave.Port, 1, "1", 0, 8));
        Assert.Equal([2], await Mbpoll.ReadAsync(slave.Port, 2, "4", 0, 1));
        Assert.Contains("Illegal data address", await Mbpoll.FailAsync(slave.Port, 1, "4", 20, 1), StringComparison.Ordinal);
    }
}
