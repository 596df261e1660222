using System.Globalization;
using BridgeFramework.Processes;

namespace BridgeFramework.SwapTest;

/// <summary>Kills the gateway while a version arrives, is loaded, takes over, is on trial or is rolled back, and looks at what the next
/// gateway makes of it.</summary>
internal sealed class KillRun(TestRun run, int kills)
{
    /// <summary>The steps are a few milliseconds long: a kill at any time would hardly ever meet one.</summary>
    private const int MaxWritesOfBook = 3;
    private const int FirstEvery = 7;
    private const int BadEvery = 4;
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan RestPatience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan LookPatience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan MaxAfterWrite = TimeSpan.FromMilliseconds(40);
    private static readonly TimeSpan Arriving = TimeSpan.FromSeconds(2.5);
    private static readonly Flaw[] Flaws = [Flaw.Bad, Flaw.Throws, Flaw.Silent];

    private readonly List<KillCycle> _cycles = [];

    public async Task RunAsync(CancellationToken stopping)
    {
        await run.Output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture,
            $"swap test kill: seed {run.Options.Seed}, {kills} kills, trial {run.Options.Trial.TotalSeconds} s"));
        var present = TickerVersion.Make(run.Scene, 0, Flaw.None);
        await run.Arrival.BringAsync(present, Way.Copy, stopping);
        run.StartGateway();
        await run.Gateway.ServingAsync(SwapScene.CountingChannels, stopping);
        for (int number = 1; number <= kills && run.Faults.Count == 0; number++) await CycleAsync(number, stopping);
        await run.LiveAsync(SwapScene.Count * 10, stopping);
        await QuietStartAsync(stopping);
        await KillReport.WriteAsync(_cycles, run.Numbers, run.Output);
        foreach (string device in SwapScene.Counting)
            foreach (string fault in KillJudge.Numbers(device, run.Numbers.Of(device), StoredOf(device), _cycles)) run.Fault(fault);
        run.JudgeWitness();
    }

    private async Task CycleAsync(int number, CancellationToken stopping)
    {
        bool isFirst = number % FirstEvery == 0;
        bool isBad = !isFirst && run.Random.Next(BadEvery) == 0;
        var version = TickerVersion.Make(run.Scene, number, isBad ? Flaws[run.Random.Next(Flaws.Length)] : Flaw.None);
        var way = Arrival.Ways[run.Random.Next(Arrival.Ways.Count)];
        if (isFirst) await run.RemovePluginAsync(stopping);
        var before = InForce();
        var (aim, kill) = Aim(run.Gateway.Process);
        var cycle = new KillCycle { Number = number, Version = version, Way = way, IsFirst = isFirst, Aim = aim };
        _cycles.Add(cycle);
        run.Tell($"{number}: {version.Version} ({version.Flaw}) comes by {way}, kill {aim}");
        int from = run.Gateway.Log.Lines.Count;
        // An install fails when the gateway that it talks to is killed; what it has put into the drop folder stays.
        var arriving = run.Arrival.BringAsync(version, way, stopping);
        await kill(stopping);
        await run.KillGatewayAsync();
        cycle.Killed = run.Time.GetUtcNow();
        cycle.LastWord = run.Gateway.Log.Lines.Skip(from).Select(line => line.Text)
            .LastOrDefault(line => line.Contains(TickerVersion.Id, StringComparison.Ordinal)) ?? "";
        cycle.WasOnTrial = BookOfPlugins.Read(run.Scene).Ticker?.Trial is { Channels.Count: > 0 };
        int copies = Copies().Count;
        if (copies > 3)
            run.Fault(
                $"Kill {number}: {copies} copies of the plugin, where present, previous and next are 3: {string.Join(", ", Copies())}.");
        await arriving;
        run.StartGateway();
        await AtWorkAsync(cycle, before, stopping);
        await RestAsync(cycle, stopping);
    }

    /// <summary>An instant: at a time, or just after the book of plugins was written for the n-th time from now.</summary>
    private (string Aim, Func<CancellationToken, Task> Kill) Aim(ChildProcess gateway)
    {
        if (run.Random.Next(2) == 0)
        {
            var span = (Arriving + run.Options.Trial) * run.Random.NextDouble();
            return (string.Create(CultureInfo.InvariantCulture, $"after {span.TotalSeconds:F2} s"), token => run.LiveAsync(span, token));
        }

        int writes = run.Random.Next(1, MaxWritesOfBook + 1);
        var after = MaxAfterWrite * run.Random.NextDouble();
        return (string.Create(CultureInfo.InvariantCulture, $"{after.TotalMilliseconds:F0} ms after write {writes}"), token =>
            WritesAsync(writes, after, gateway, token));
    }

    private async Task WritesAsync(int writes, TimeSpan after, ChildProcess gateway, CancellationToken stopping)
    {
        using var seen = new SemaphoreSlim(0);
        using var watcher = new FileSystemWatcher(run.Scene.DataFolder, "plugins.json") { NotifyFilter = NotifyFilters.FileName };
        watcher.Renamed += Seen;
        watcher.EnableRaisingEvents = true;
        for (int i = 0; i < writes; i++)
        {
            // The last one may not come: the trial takes its time, or there is nothing more to write.
            if (!await seen.WaitAsync(Arriving + (run.Options.Trial * 2), stopping)) break;
        }

        await Task.Delay(after, run.Time, stopping);
        watcher.Renamed -= Seen;
        if (gateway.Ended.IsCompleted) throw new TestRunException($"The gateway ended by itself. {gateway.Words()}");

        void Seen(object sender, RenamedEventArgs renamed) => seen.Release();
    }

    /// <summary>The next gateway has one version at work within the deadline: the old or the new one.</summary>
    private async Task AtWorkAsync(KillCycle cycle, string? before, CancellationToken stopping)
    {
        var started = run.Gateway.Started;
        bool isAtWork = await run.UntilAsync(
            () => SwapScene.Counting.All(device => run.Numbers.NewestOf(device)?.Taken > started), Deadline, stopping);
        if (!isAtWork)
        {
            run.Fault($"Kill {cycle.Number} ({cycle.Version.Version}, {cycle.Way}, {cycle.Aim}): no number of "
                + $"{string.Join(", ", SwapScene.Counting.Where(device => !(run.Numbers.NewestOf(device)?.Taken > started)))} within "
                    + $"{Deadline.TotalSeconds} s of the restart. {run.Gateway.Process.Words()}");
            return;
        }

        cycle.ToFirstNumber =
            SwapScene.Counting.Max(device => run.Numbers.Of(device).First(sighting => sighting.Taken > started).Taken) - started;
        List<string> versions = [.. SwapScene.Counting.Select(device =>
            run.Numbers.Of(device).First(sighting => sighting.Taken > started).Version).Distinct(StringComparer.Ordinal)];
        cycle.AtWork = string.Join(" and ", versions);
        if (versions.Count != 1) run.Fault($"Kill {cycle.Number}: versions {cycle.AtWork} are at work at once.");
        else if (versions[0] != before && versions[0] != cycle.Version.Version)
            run.Fault($"Kill {cycle.Number}: version {versions[0]} is at work, neither {before}, which was, nor {cycle.Version.Version}, "
                + "which came.");
    }

    /// <summary>Waits until the version that came is in force or in quarantine, and no copy is left that is not needed.</summary>
    private async Task RestAsync(KillCycle cycle, CancellationToken stopping)
    {
        string wanted = cycle.Version.Version;
        await run.UntilAsync(
            () => BookOfPlugins.Read(run.Scene) is { Ticker: { Trial: null } ticker } book
                && (ticker.Current?.Version == wanted || book.ReasonFor(wanted) is not null) && Superfluous(ticker).Count == 0,
            RestPatience, stopping);
        var book = BookOfPlugins.Read(run.Scene);
        cycle.InForce = book.Ticker?.Current?.Version;
        if (book.Ticker is not { Trial: null } booked)
            run.Fault($"Kill {cycle.Number}: {RestPatience.TotalSeconds} s after the restart the plugin is "
                + $"{(book.Ticker is null ? "not in data/plugins.json" : "still on trial")}.");
        else if (Superfluous(booked) is { Count: > 0 } left)
            run.Fault($"Kill {cycle.Number} ({cycle.Version.Version}, {cycle.Way}, {cycle.Aim}): copies are left that nobody needs: "
                + $"{string.Join(", ", left)}.");
        else if (cycle.InForce != wanted && book.ReasonFor(wanted) is null)
            run.Fault($"Kill {cycle.Number}: {wanted} ({cycle.Way}) is neither in force nor in quarantine {RestPatience.TotalSeconds} s "
                + $"after the restart, {cycle.InForce} is.");
        else if (cycle.Version.Flaw is not Flaw.None && cycle.InForce == wanted)
            run.Fault($"Kill {cycle.Number}: {wanted} is a bad one ({cycle.Version.Flaw}) and in force.");
    }

    /// <summary>A gateway that is asked to end, and starts when nothing has changed, leaves nothing that it does not need.</summary>
    private async Task QuietStartAsync(CancellationToken stopping)
    {
        await run.StopGatewayAsync();
        run.StartGateway();
        var started = run.Gateway.Started;
        if (!await run.UntilAsync(() => SwapScene.Counting.All(device => run.Numbers.NewestOf(device)?.Taken > started), Deadline,
            stopping)) run.Fault($"No number within {Deadline.TotalSeconds} s of a start in peace.");
        // What is in the drop folder is unpacked once more to be looked at.
        await run.UntilAsync(
            () => BookOfPlugins.Read(run.Scene).Ticker is not { } present || Superfluous(present).Count == 0, LookPatience, stopping);
        if (BookOfPlugins.Read(run.Scene).Ticker is { } ticker && Superfluous(ticker) is { Count: > 0 } left)
            run.Fault($"After a start in peace copies are left that nobody needs: {string.Join(", ", left)}.");
        string stores = Path.Combine(run.Scene.DataFolder, "channels-before-update");
        if (Directory.Exists(stores) && Files.In(stores).Count > 0)
            run.Fault($"After a start in peace copies of stores are left: {string.Join(", ", Files.In(stores))}.");
        await run.StopGatewayAsync();
        // What waits is not to be counted as lost: the plugin goes, what it reported comes.
        foreach (string entry in run.Arrival.Entries()) Files.Remove(entry);
        if (await run.UntilAsync(HasAll, TimeSpan.Zero, stopping)) return;
        run.StartGateway();
        await run.UntilAsync(HasAll, Deadline, stopping);
        await run.StopGatewayAsync();

        bool HasAll() => SwapScene.Counting.All(device => run.Numbers.NewestOf(device)?.Number >= StoredOf(device));
    }

    private string? InForce() => BookOfPlugins.Read(run.Scene).Ticker?.Current?.Version;

    private IReadOnlyList<string> Copies()
    {
        string folder = Path.Combine(run.Scene.CopyFolder, TickerVersion.Id);
        return Directory.Exists(folder) ? [.. Directory.GetDirectories(folder).Select(copy => Path.GetFileName(copy))] : [];
    }

    private List<string> Superfluous(BookedPlugin ticker)
    {
        var others = Directory.GetDirectories(run.Scene.CopyFolder).Select(folder => Path.GetFileName(folder)).Where(
            name => !string.Equals(name, TickerVersion.Id, StringComparison.Ordinal));
        return [.. Copies().Except(ticker.Copies, StringComparer.Ordinal), .. others];
    }

    private long StoredOf(string device)
    {
        string file = Path.Combine(
            run.Scene.DataFolder, "channels", device[(device.IndexOf('/', StringComparison.Ordinal) + 1)..], "number");
        return long.Parse(File.ReadAllText(file), CultureInfo.InvariantCulture);
    }
}
