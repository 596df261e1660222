using BridgeFramework.Processes;

namespace BridgeFramework.SwapTest;

/// <summary>Changes the files of a gateway that runs, has it take them, and looks at what it did.</summary>
internal sealed class ChangeStepper(TestRun run)
{
    /// <summary>How the gateway begins to say what came of a reload.</summary>
    public const string Word = "The configuration files are ";
    private const int Shown = 5;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(100);

    // Of one event the log has 20 lines within a minute; what came of a reload is one.
    private const int MostInWindow = 20;
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(61);

    private readonly HubOperations _operations = new(run);
    private readonly List<DateTimeOffset> _reloads = [];

    /// <summary>Waits until the hub has online what the plan names, and nothing else.</summary>
    /// <returns>Whether it has come to that.</returns>
    public async Task<bool> AgreesAsync(RosterPlan plan, string when, CancellationToken stopping)
    {
        long begin = run.Time.GetTimestamp();
        while (true)
        {
            var online = await run.OnlineAsync(stopping);
            if (online.SetEquals(plan.Online)) return true;
            if (run.Time.GetElapsedTime(begin) > Patience)
            {
                run.Fault($"{when}: {Patience.TotalSeconds} s later the hub has {Few(online, plan.Online)} online, which the plan does not "
                    + $"name, and not {Few(plan.Online, online)}, which it names.");
                return false;
            }

            await run.LiveAsync(Look, stopping);
        }
    }

    /// <summary>Waits until the log has a line for each of so many reloads.</summary>
    public async Task RestAsync(int reloads, CancellationToken stopping)
    {
        while (_reloads.Count(at => at > run.Time.GetUtcNow() - Window) + reloads > MostInWindow) await run.LiveAsync(Look, stopping);
    }

    /// <summary>What was done at the hub until now is not looked at.</summary>
    public Task ForgetAsync(CancellationToken stopping) => _operations.NewAsync(stopping);

    /// <summary>Makes a change, and mends the files where they were not to be taken.</summary>
    public async Task<ChangeRecord> MakeAsync(PlanStep step, CancellationToken stopping)
    {
        string name = $"{step.Number} ({step.Kind})";
        run.Tell(name);
        step.Write(run.Scene);
        var begin = run.Time.GetUtcNow();
        bool isTaken = await ReloadAsync(name, stopping);
        var decided = run.Time.GetUtcNow() - begin;
        if (isTaken != step.IsTaken) run.Fault($"{name}: the gateway has {(isTaken ? "" : "not ")}taken the files.");
        if (!step.IsTaken) await RefusedAsync(step, name, stopping);
        TimeSpan? agreed = await SettleAsync(step.Before, step.InForce, step.Kind is ChangeKind.Reconnects, name, stopping)
            ? run.Time.GetUtcNow() - begin : null;
        TimeSpan? first = null;
        if (step.IsTaken && step.Tagged.Any())
        {
            if (await run.UntilAsync(() => step.Tagged.All(device => ArrivalOf(device) is not null), Patience, stopping))
                first = step.Tagged.Max(device => ArrivalOf(device)!.Value) - begin; // all have arrived
            else run.Fault($"{name}: no value of {Few(step.Tagged.Where(device => ArrivalOf(device) is null), [])}.");
        }

        return new ChangeRecord(step, decided, agreed, first);

        DateTimeOffset? ArrivalOf(string device) => run.Numbers.ArrivalOf(device, step.Tag);
    }

    /// <summary>Files that were not to be taken: the status says so until they are mended.</summary>
    private async Task RefusedAsync(PlanStep step, string name, CancellationToken stopping)
    {
        await StatusAsync(isWell: false, name, stopping);
        if (step.Kind is ChangeKind.MostRemoved)
        {
            var (code, output) = await run.BridgeAsync(stopping, "config", "apply", "--yes");
            if (code != 0) run.Fault($"{name}: 'bridge config apply --yes' ended with {code}. {output}");
            await SettleAsync(step.Before, step.Files, reconnects: false, name, stopping);
        }

        run.Scene.WriteGateway(step.Before.Content(run.Scene));
        if (!await ReloadAsync(name, stopping)) run.Fault($"{name}: mended files were not taken.");
        if (step.Kind is ChangeKind.MostRemoved) await SettleAsync(step.Files, step.Before, reconnects: false, name, stopping);
        await StatusAsync(isWell: true, name, stopping);
    }

    /// <summary>Waits until hub and plan agree, and judges how they came to.</summary>
    private async Task<bool> SettleAsync(RosterPlan from, RosterPlan to, bool reconnects, string name, CancellationToken stopping)
    {
        List<HubOperation> operations = [];
        if (reconnects) await BackOnlineAsync(to, operations, stopping);
        if (!await AgreesAsync(to, name, stopping)) return false;
        operations.AddRange(await _operations.NewAsync(stopping));
        foreach (string fault in ChangeJudge.Operations(from, to, reconnects, operations)) run.Fault($"{name}: {fault}");
        return true;
    }

    /// <summary>After a new connection all are taken online; until it is there, the hub has them online by the one before.</summary>
    private async Task BackOnlineAsync(RosterPlan plan, List<HubOperation> operations, CancellationToken stopping)
    {
        long begin = run.Time.GetTimestamp();
        while (run.Time.GetElapsedTime(begin) < Patience)
        {
            operations.AddRange(await _operations.NewAsync(stopping));
            if (plan.Online.All(device => operations.Any(one => one.Type is "online" && one.Device == device))) return;
            await run.LiveAsync(Look, stopping);
        }
    }

    private async Task<bool> ReloadAsync(string name, CancellationToken stopping)
    {
        int from = run.Gateway.Log.Lines.Count;
        _reloads.Add(run.Time.GetUtcNow());
        run.Gateway.Process.HangUp();
        if (await run.Gateway.Log.FindAsync(line => line.Contains(Word, StringComparison.Ordinal), from, Patience, stopping) is { } said)
            return said.Text.Contains($"{Word}in force", StringComparison.Ordinal);
        throw new TestRunException($"{name}: SIGHUP had no answer within {Patience.TotalSeconds} s. {run.Gateway.Process.Words()}");
    }

    private async Task StatusAsync(bool isWell, string name, CancellationToken stopping)
    {
        var (code, output) = await run.BridgeAsync(stopping, "status");
        if (output.Contains("configuration files", StringComparison.OrdinalIgnoreCase) == isWell || (!isWell && code != 1))
            run.Fault($"{name}: 'bridge status' ended with {code}, and the files are {(isWell ? "mended" : "wrong")}. {output}");
    }

    private static string Few(IEnumerable<string> devices, IEnumerable<string> others)
    {
        List<string> few = [.. devices.Except(others, StringComparer.Ordinal).Take(Shown)];
        return few.Count > 0 ? string.Join(", ", few) : "none";
    }
}
