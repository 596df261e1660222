using CsCheck;

namespace BridgeFramework.Modbus.Tests;

/// <summary>Whatever is changed, the others are asked for the same at the same time as if nothing had been changed.</summary>
public sealed class UntouchedUnitsTests
{
    private const int Untouched = 6;
    private static readonly string[] Intervals = ["100ms", "250ms", "400ms", "1s", "5s"];
    private static readonly TimeSpan Lasting = TimeSpan.FromSeconds(8);
    private static readonly TimeSpan LongestInterval = TimeSpan.FromSeconds(5);

    [Fact]
    public Task Random_changes_move_no_request_of_the_others() =>
        Gen.Int[0, int.MaxValue].SampleAsync(
            async seed =>
            {
                var (disturbed, reported) = await RunAsync(seed, changes: 25);
                var (calm, reportedCalm) = await RunAsync(seed, changes: 0);
                Assert.Equal(calm, disturbed);
                Assert.Equal(reportedCalm, reported);
            },
            iter: 12, threads: 1);

    /// <summary>Runs a line with some units that stay as they are, and some that are changed.</summary>
    /// <returns>What the former were asked for, and how often each was reported.</returns>
    private static async Task<(List<PolledAt> Polls, List<int> Reports)> RunAsync(int seed, int changes)
    {
        var random = new Random(seed);
        List<SubDevice> untouched = [.. Enumerable.Range(1, Untouched).Select(unit => RandomDevice(random, $"PROD/u{unit}", unit))];
        List<SubDevice> others = [.. Enumerable.Range(1, 4).Select(n => RandomDevice(random, $"PROD/o{n}", 100 + n))];
        await using var line = await SteppedLine.StartAsync([.. untouched, .. others]);
        foreach (byte silent in new byte[] { 101, 103, 105 }) line.SetSilent(silent, isSilent: true);
        for (int change = 0; change < changes; change++)
        {
            await line.PassAsync(Lasting * random.NextDouble() / changes);
            await ChangeAsync(line, others, random, change);
        }

        await line.PassAsync(Lasting + LongestInterval - line.Now);
        foreach (var device in others) AssertServed(line, device);
        return (
            [.. line.Polls.Where(poll => poll.Unit <= Untouched)],
            [.. untouched.Select(device => line.Driver.Channel.Reports.ToList().Count(report => report.Device == device))]);
    }

    private static async Task ChangeAsync(SteppedLine line, List<SubDevice> others, Random random, int number)
    {
        var before = random.Next(3) > 0 && others.Count > 0 ? others[random.Next(others.Count)] : null;
        var after = before is null || random.Next(3) > 0
            ? RandomDevice(random, before?.Id.ToString() ?? $"PROD/n{number}", 100 + random.Next(8))
            : null;
        await line.ApplyAsync(before, after);
        if (before is not null) others.Remove(before);
        if (after is not null) others.Add(after);
    }

    /// <summary>Each point of it was reported, with whatever quality.</summary>
    private static void AssertServed(SteppedLine line, SubDevice device)
    {
        var reported = line.Driver.Channel.Reports.ToList().Where(report => report.Device == device).SelectMany(report => report.Values);
        Assert.Equal(device.Points.ToHashSet(), reported.Select(value => value.Point).ToHashSet());
    }

    private static SubDevice RandomDevice(Random random, string id, int unit)
    {
        var points = Enumerable.Range(0, random.Next(1, 8)).Select(n =>
        {
            string interval = Intervals[random.Next(Intervals.Length)];
            return $$"""
                "p{{n}}": { "at": { "table": "holding", "address": {{random.Next(400)}} }, "interval": "{{interval}}" }
                """;
        });
        return RunningDriver.Device(
            $"{{ {string.Join(',', points)} }}", $$"""{ "unitId": {{unit}}, "offlineAfter": {{random.Next(1, 4)}} }""", id);
    }
}
