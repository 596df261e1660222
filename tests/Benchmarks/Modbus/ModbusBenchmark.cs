namespace BridgeFramework.Benchmarks;

/// <summary>What the driver's connection costs over the bare bytes.</summary>
internal static class ModbusBenchmark
{
    public static async Task RunAsync(Comparison comparison, TextWriter output)
    {
        await using var slave = await OtherProcess.StartAsync(EchoSlave.Command);
        await using var raw = await RawSocketContender.ConnectAsync(slave.Port);
        await using var ours = ConnectionContender.Connect(slave.Port);
        await comparison.RunAsync(
            "modbus: one read of 10 registers, one connection, slave in another process", "request", raw, ours, output);
    }
}
