namespace BridgeFramework.Benchmarks;

/// <summary>What the gateway costs over publishing by hand.</summary>
internal static class GatewayBenchmark
{
    /// <param name="comparison">How long to measure.</param>
    /// <param name="output">Where the report goes.</param>
    public static async Task RunAsync(Comparison comparison, TextWriter output)
    {
        await CompareAsync("hub session", async port => await SessionContender.ConnectAsync(port), comparison, output);
        await CompareAsync("gateway", async port => await EngineContender.ConnectAsync(port), comparison, output);
    }

    // A broker each: the two gateway sides have one identity, and the second would be taken for the first.
    private static async Task CompareAsync(string what, Func<int, Task<Contender>> connect, Comparison comparison, TextWriter output)
    {
        await using var broker = await OtherProcess.StartAsync(Broker.Command);
        await using var direct = await MqttNetContender.ConnectAsync(broker.Port);
        await using var gateway = await connect(broker.Port);
        await comparison.RunAsync($"{what}: messages to a broker in another process", "message", direct, gateway, output);
    }
}
