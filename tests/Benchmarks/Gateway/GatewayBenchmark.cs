namespace BridgeFramework.Benchmarks;

/// <summary>What the gateway costs over publishing by hand.</summary>
internal static class GatewayBenchmark
{
    /// <param name="comparison">How long to measure.</param>
    /// <param name="connect">Connects the gateway's side to a broker on a port of loopback.</param>
    /// <param name="output">Where the report goes.</param>
    public static async Task RunAsync(Comparison comparison, Func<int, Task<Contender>> connect, TextWriter output)
    {
        await using var broker = await OtherProcess.StartAsync(Broker.Command);
        await using var direct = await MqttNetContender.ConnectAsync(broker.Port);
        await using var gateway = await connect(broker.Port);
        await comparison.RunAsync("gateway: messages to a broker in another process", "message", direct, gateway, output);
    }
}
