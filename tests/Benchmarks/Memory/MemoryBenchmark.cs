namespace BridgeFramework.Benchmarks;

/// <summary>
/// What the runtime settings that <c>bridge</c> ships with are worth: its resident memory and processor time with them, and with what the
/// runtime would choose.
/// </summary>
internal static class MemoryBenchmark
{
    private const double Megabyte = 1024 * 1024;
    private static readonly string[] Settings = ["System.GC.Gen0MaxBudget", "System.Runtime.TieredPGO"];

    public static async Task RunAsync(Comparison comparison, TextWriter output)
    {
        MemoryLoad[] loads = [new(Lines: 1, UnitsPerLine: 10, Points: 20), new(Lines: 10, UnitsPerLine: 50, Points: 60)];
        int rounds = comparison.IsQuick ? 1 : 3;
        var warm = comparison.IsQuick ? TimeSpan.FromSeconds(3) : TimeSpan.FromMinutes(10);
        var measured = comparison.IsQuick ? TimeSpan.FromSeconds(2) : TimeSpan.FromMinutes(1);
        var pairs = loads.ToDictionary(load => load, _ => new List<Reading[]>());
        for (int round = 0; round < rounds; round++)
        {
            // All four side by side: what disturbs the machine disturbs each of them.
            var readings = loads.Select(
                load => Task.WhenAll(ReadAsync(load, Settings, warm, measured), ReadAsync(load, [], warm, measured)));
            foreach (var (load, pair) in loads.Zip(await Task.WhenAll(readings))) pairs[load].Add(pair);
        }

        foreach (var (load, read) in pairs)
        {
            await output.WriteLineAsync($"""
                memory: {load.Devices} sub-devices with {load.Points} points each, read and sent every second
                {rounds} pairs of gateways, each measured for {measured.TotalSeconds} s after {warm.TotalSeconds} s
                  A: without {string.Join(" and ", Settings)}
                  B: as it ships
                                               min     median        max
                  A resident MB          {Spread.Of(read.Select(pair => pair[0].Megabytes)).Show("0")}
                  B resident MB          {Spread.Of(read.Select(pair => pair[1].Megabytes)).Show("0")}
                  A % of a processor     {Spread.Of(read.Select(pair => pair[0].Processor)).Show("0.0")}
                  B % of a processor     {Spread.Of(read.Select(pair => pair[1].Processor)).Show("0.0")}
                  A samples/s            {Spread.Of(read.Select(pair => pair[0].Samples)).Show("0")}
                  B samples/s            {Spread.Of(read.Select(pair => pair[1].Samples)).Show("0")}

                """);
        }
    }

    /// <summary>The most memory that it had while it was measured, and what it did meanwhile.</summary>
    private static async Task<Reading> ReadAsync(MemoryLoad load, IReadOnlyList<string> without, TimeSpan warm, TimeSpan measured)
    {
        await using var scene = await MemoryScene.StartAsync(load, without);
        await Task.Delay(warm, TimeProvider.System);
        var (processor, samples, started) = (scene.ProcessorTime, scene.Samples, TimeProvider.System.GetTimestamp());
        long most = 0;
        while (TimeProvider.System.GetElapsedTime(started) < measured)
        {
            most = Math.Max(most, scene.Memory);
            await Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System);
        }

        double seconds = TimeProvider.System.GetElapsedTime(started).TotalSeconds;
        double share = (scene.ProcessorTime - processor).TotalSeconds / seconds;
        return new Reading(most / Megabyte, share * 100, (scene.Samples - samples) / seconds);
    }

    private sealed record Reading(double Megabytes, double Processor, double Samples);
}
