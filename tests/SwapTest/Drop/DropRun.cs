using System.Globalization;
using BridgeFramework.Processes;

namespace BridgeFramework.SwapTest;

/// <summary>Measures how long it takes from the drop of a plugin to its first value at the hub, for plugins of several sizes.</summary>
internal sealed class DropRun(TestRun run, IReadOnlyList<double> sizes, int rounds)
{
    private const long Megabyte = 1_000_000;
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(120);
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(2);

    private int _version;

    public async Task RunAsync(CancellationToken stopping)
    {
        await run.Output.WriteLineAsync(
            string.Create(CultureInfo.InvariantCulture, $"swap test drop: {sizes.Count} sizes, {rounds} rounds"));
        run.StartGateway();
        await run.LiveAsync(Settling, stopping);
        var table = new TextTable("MB", "rounds", "copied after ms", "first value after ms: min", "median", "max");
        foreach (double size in sizes)
        {
            List<double> copied = [];
            List<double> heard = [];
            for (int round = 0; round < rounds; round++)
            {
                var version = TickerVersion.Make(run.Scene, ++_version, Flaw.None, (long)(size * Megabyte));
                var dropped = run.Time.GetUtcNow();
                await run.Arrival.BringAsync(version, Way.Copy, stopping);
                copied.Add((run.Time.GetUtcNow() - dropped).TotalMilliseconds);
                if (await run.UntilAsync(
                    () => SwapScene.Counting.All(device => run.Numbers.ArrivalOf(device, version.Version) is not null), Deadline, stopping))
                    // it has arrived
                    heard.Add(SwapScene.Counting.Min(
                        device => (run.Numbers.ArrivalOf(device, version.Version)!.Value - dropped).TotalMilliseconds));
                else
                    run.Fault(string.Create(CultureInfo.InvariantCulture,
                        $"A plugin of {size} MB had no value at the hub within {Deadline.TotalSeconds} s. {run.Gateway.Process.Words()}"));
                run.Tell(string.Create(CultureInfo.InvariantCulture, $"{size} MB: {heard.LastOrDefault():F0} ms"));
                await run.RemovePluginAsync(stopping);
                await run.LiveAsync(Settling, stopping);
                Files.Remove(version.Folder);
            }

            heard.Sort();
            copied.Sort();
            if (heard.Count > 0)
                table.Add(
                    size, heard.Count, Whole(copied[copied.Count / 2]), Whole(heard[0]), Whole(heard[heard.Count / 2]), Whole(heard[^1]));
        }

        await run.StopGatewayAsync();
        await run.Output.WriteLineAsync("\nFrom the first byte of a plain copy into the drop folder to the first value at the hub");
        await table.WriteAsync(run.Output);
        await run.Output.WriteLineAsync();
    }

    private static string Whole(double number) => number.ToString("F0", CultureInfo.InvariantCulture);
}
