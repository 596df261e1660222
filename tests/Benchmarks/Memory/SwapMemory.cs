using System.Globalization;

namespace BridgeFramework.Benchmarks;

/// <summary>What becomes of the memory of a gateway whose plugin is replaced again and again while it works, beside one whose plugin stays.
/// </summary>
internal static class SwapMemory
{
    private const int Swaps = 30;
    private const int SwapsForMark = 5;

    /// <summary>What went before has been looked for three times by then, a second apart.</summary>
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(5);

    public static async Task RunAsync(Comparison comparison, TextWriter output)
    {
        var load = new MemoryLoad(Lines: 10, UnitsPerLine: 5, Points: 20);
        await using var swapped = await MemoryScene.StartAsync(load, []);
        await using var still = await MemoryScene.StartAsync(load, []);
        await Task.Delay(TimeSpan.FromSeconds(comparison.IsQuick ? 5 : 30), TimeProvider.System);
        await output.WriteLineAsync($"""
            swaps: {load.Devices} sub-devices with {load.Points} points each, read and sent every second; MB
              A: its plugin is replaced {Swaps} times, B: it is not
              swaps  contexts   A heap  A code  A files  A rest  A resident   B heap  B code  B files  B rest  B resident   A/B
            """);
        for (int done = 0; ; done++)
        {
            if (done % SwapsForMark == 0)
            {
                await Task.Delay(Rest, TimeProvider.System);
                var (a, b) = (await swapped.UseAsync(), await still.UseAsync());
                await output.WriteLineAsync(string.Create(
                    CultureInfo.InvariantCulture, $"  {done,5}  {a.Contexts,8}   {a}   {b}  {a.Resident / b.Resident,4:0.00}"));
            }

            if (done == (comparison.IsQuick ? SwapsForMark : Swaps)) return;
            await swapped.SwapAsync(done + 1);
        }
    }
}
