using System.Globalization;
using System.Text.RegularExpressions;

namespace BridgeFramework.SwapTest;

/// <summary>Replaces the plugin that counts, again and again, while the other keeps time; every few swaps
/// nothing happens for as long.</summary>
internal sealed partial class LoadRun(TestRun run, int swaps, int badEvery, double megabytes)
{
    private const int MatchTimeout = 1000;
    private const long Megabyte = 1_000_000;
    private const int SwapsInStretch = 5;
    private const int SwapsForMark = 10;
    private static readonly Flaw[] Flaws = [Flaw.Bad, Flaw.Throws, Flaw.Silent, Flaw.Hangs];
    private static readonly TimeSpan TakeOverPatience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan DecisionPatience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan DrainPatience = TimeSpan.FromSeconds(30);

    // Settling, and the collections after a version was let go: they belong to the swaps.
    private static readonly TimeSpan Aftermath = TimeSpan.FromSeconds(4);
    // Until all is compiled that runs all the time, the channels keep time badly, whatever happens to plugins.
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(15);

    private readonly List<SwapRecord> _swaps = [];
    private readonly List<Stretch> _stretches = [];
    private readonly List<MemoryMark> _memory = [];
    private readonly Queue<(TickerVersion Version, Way Way)> _prepared = new();

    public async Task RunAsync(CancellationToken stopping)
    {
        await run.Output.WriteLineAsync(FormattableString.Invariant(
            $"""swap test load: seed {run.Options.Seed}, {swaps} swaps, trial {run.Options.Trial.TotalSeconds} s, every {badEvery}th version bad, {SwapScene.Metronomes} channels every {SwapScene.Slot.TotalMilliseconds} ms beside"""));
        Prepare();
        var first = TickerVersion.Make(run.Scene, 0, Flaw.None, (long)(megabytes * Megabyte));
        await run.Arrival.BringAsync(first, Way.Copy, stopping);
        run.StartGateway();
        await run.Gateway.ServingAsync([.. SwapScene.CountingChannels, .. SwapScene.TimingChannels], stopping);
        await run.LiveAsync(WarmUp, stopping);
        for (int done = 0; done < swaps; done = _swaps.Count)
        {
            await StretchAsync(Math.Min(SwapsInStretch, swaps - done), stopping);
            if (_swaps.Count % SwapsForMark == 0 || _swaps.Count == swaps) _memory.Add(new MemoryMark(_swaps.Count, run.Gateway.Memory));
        }

        var evidence = await EndAsync(stopping);
        await LoadReport.WriteAsync(evidence, run.Output);
        foreach (string fault in LoadJudge.Judgement(evidence)) run.Fault(fault);
        run.JudgeWitness();
    }

    /// <summary>Makes all versions before anything is measured: to make one is work for the machine, too.</summary>
    private void Prepare()
    {
        for (int number = 1, bad = 0; number <= swaps; number++)
        {
            bool isBad = badEvery > 0 && number % badEvery == 0;
            var version = TickerVersion.Make(
                run.Scene, number, isBad ? Flaws[bad++ % Flaws.Length] : Flaw.None, (long)(megabytes * Megabyte));
            // Each way in turn, so that short runs have all of them.
            var way = Arrival.Ways[number % Arrival.Ways.Count];
            if (way is Way.Zip) Arrival.PackOf(version);
            _prepared.Enqueue((version, way));
        }
    }

    /// <summary>Some swaps, then nothing for as long.</summary>
    private async Task StretchAsync(int count, CancellationToken stopping)
    {
        var begin = run.Time.GetUtcNow();
        for (int i = 0; i < count; i++) await SwapAsync(stopping);
        await run.LiveAsync(Aftermath, stopping);
        var end = run.Time.GetUtcNow();
        await run.LiveAsync(end - begin, stopping);
        _stretches.Add(new Stretch(begin, end, IsBusy: true));
        _stretches.Add(new Stretch(end, run.Time.GetUtcNow(), IsBusy: false));
    }

    private async Task SwapAsync(CancellationToken stopping)
    {
        var (version, way) = _prepared.Dequeue();
        int from = run.Gateway.Log.Lines.Count;
        var swap = new SwapRecord { Version = version, Way = way, Dropped = run.Time.GetUtcNow() };
        run.Tell($"{version.Version} ({version.Flaw}) comes by {way}");
        if (await run.Arrival.BringAsync(version, way, stopping) is { } trouble) run.Fault(trouble);
        var taken = await FindAsync($" {TickerVersion.Id} {version.Version} takes over from", from, TakeOverPatience, stopping);
        var decided = taken is null ? null : await FindAsync($" {TickerVersion.Id} {version.Version} (has passed|did not pass) its trial",
            from, run.Options.Trial + DecisionPatience, stopping);
        bool hasPassed = decided?.Text.Contains("has passed", StringComparison.Ordinal) is true;
        // Each channel tells how long it stood still when the version serves, and once more when the old one serves again.
        int atTakeOver = version.Flaw is Flaw.Silent ? 0 : 1;
        if (decided is not null && !hasPassed)
            await run.UntilAsync(
                () => SwapScene.CountingChannels.All(channel => GapsOf(channel, from).Count > atTakeOver), DecisionPatience, stopping);
        _swaps.Add(swap with
        {
            TookOver = taken?.At,
            Decided = decided?.At,
            Passed = hasPassed,
            Gaps = [.. SwapScene.CountingChannels.SelectMany(channel => GapsOf(channel, from).Take(atTakeOver))],
            GapsBack = [.. SwapScene.CountingChannels.SelectMany(channel => GapsOf(channel, from).Skip(atTakeOver))],
        });
        run.Tell($"{version.Version} {(decided is null ? "undecided" : hasPassed ? "is in force" : "was rolled back")}");
    }

    /// <summary>How long a channel stood still, in ms, each time it moved.</summary>
    private List<double> GapsOf(string channel, int from) =>
    [
        .. run.Gateway.Log.Lines.Skip(from).Select(line => Gap().Match(line.Text)).Where(
            match => match.Success && match.Groups["channel"].ValueSpan.SequenceEqual(channel))
            .Select(match => double.Parse(match.Groups["ms"].ValueSpan, CultureInfo.InvariantCulture)),
    ];

    private Task<LogLine?> FindAsync(string pattern, int from, TimeSpan within, CancellationToken stopping) =>
        run.Gateway.Log.FindAsync(line => Regex.IsMatch(line, pattern.Replace(".", @"\.", StringComparison.Ordinal),
            RegexOptions.ExplicitCapture, TimeSpan.FromMilliseconds(MatchTimeout)), from, within, stopping);

    private async Task<LoadEvidence> EndAsync(CancellationToken stopping)
    {
        await run.StopGatewayAsync();
        var stored = SwapScene.Counting.Zip(SwapScene.CountingChannels).ToDictionary(
            pair => pair.First, pair => long.Parse(File.ReadAllText(Path.Combine(run.Scene.DataFolder, "channels", pair.Second, "number")),
                CultureInfo.InvariantCulture), StringComparer.Ordinal);
        var slots = SlotReader.Read(run.Scene);
        var log = run.Gateway.Log.Lines;
        // What waited when it ended goes out at the next start. One that counts on would never be done, so it starts without the plugin.
        Files.Remove(Path.Combine(run.Scene.DropFolder, "metronome"));
        var book = BookOfPlugins.Read(run.Scene);
        foreach (string entry in run.Arrival.Entries()) Files.Remove(entry);
        if (!await run.UntilAsync(HasAll, TimeSpan.Zero, stopping))
        {
            run.StartGateway();
            await run.UntilAsync(HasAll, DrainPatience, stopping);
            await run.StopGatewayAsync();
        }

        return new LoadEvidence
        {
            Swaps = _swaps,
            Stretches = _stretches,
            Memory = _memory,
            Slots = slots,
            Log = log,
            Book = book,
            Uplink = await run.UplinkAsync(stopping),
            Numbers = SwapScene.Counting.ToDictionary(device => device, run.Numbers.Of, StringComparer.Ordinal),
            Stored = stored,
        };

        bool HasAll() => SwapScene.Counting.All(device => run.Numbers.NewestOf(device)?.Number >= stored[device]);
    }

    [GeneratedRegex(@" Channel (?<channel>b\d+) is serving with another version of its plugin: .* a gap of (?<ms>\d+) ms",
        RegexOptions.ExplicitCapture, MatchTimeout)]
    private static partial Regex Gap();
}
