using System.Net.Sockets;
using BridgeFramework.DeviceSimulators;
using BridgeFramework.Modbus;
using BridgeFramework.Testing;

namespace BridgeFramework.Interop;

/// <summary>File records as pymodbus writes and reads them, so that our driver and our slave are not just
/// agreeing with each other.</summary>
public sealed class FirmwareAgainstPymodbusTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1)]
    [InlineData(20_203)] // ends in the second file
    public async Task Our_unit_takes_an_image_from_a_master_by_pymodbus(int size)
    {
        await Peer.FindModuleAsync("pymodbus.client", "python3-pymodbus python3-serial-asyncio");
        await using var slave = ModbusSlave.Start();
        var firmware = slave.AddUnit(1).AddFirmware(new FirmwareOptions { EraseSeconds = 0, VerifySeconds = 0, RebootSeconds = 0 });

        await using var master = PeerProcess.Start(Peer.Python, [Peer.Script("modbus_firmware.py"), $"{slave.Port}", "2.0.0", $"{size}"]);
        Assert.Equal("done 2.0.0", await master.OutputAsync());
        Assert.Equal(Enumerable.Range(0, size).Select(i => (byte)(7 * i % 251)), firmware.Image.ToArray());
    }

    [Theory]
    [InlineData(1, 0, 1)]
    [InlineData(2, 9878, 122)]
    [InlineData(65535, 9999, 1)]
    public async Task A_slave_by_pymodbus_reads_our_block_and_repeats_it(int file, int record, int words)
    {
        await using var slave = await PymodbusSlave.StartAsync();
        using var client = new TcpClient();
        await client.ConnectAsync("127.0.0.1", slave.Port, Token);
        await using var stream = client.GetStream();
        using var connection = new ModbusTcpConnection(stream, 1, TimeSpan.FromSeconds(10), TimeProvider.System);
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var running = connection.RunAsync(() => { }, stopping.Token);

        var write = new BlockWrite(1, lenientEcho: false);
        byte[] data = [.. Enumerable.Range(0, 2 * words).Select(i => (byte)(7 * i))];
        await write.FillAsync(new InMemoryFirmwareImage("1", data), 0, new FileBlock(file, record, words), Token);
        Assert.Equal(new ModbusOutcome(OutcomeKind.Done), await connection.ExecuteAsync(write));
        connection.Close("The test is over.");
        await running;
    }
}
