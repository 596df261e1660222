namespace BridgeFramework.SwapTest;

/// <summary>Kills the gateway while it takes other files: after its start it is what the files say, whatever step it was at.</summary>
internal sealed class ChangeKillRun(TestRun run, int kills)
{
    private static readonly TimeSpan Longest = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    // Other storage is another outbox with the next start; what is refused for its size is taken by none.
    private static readonly ChangeKind[] Kinds =
        [.. Enum.GetValues<ChangeKind>().Except([ChangeKind.NeedsRestart, ChangeKind.MostRemoved])];

    private readonly ChangeStepper _stepper = new(run);
    private RosterPlan _plan = RosterPlan.First(withMetronomes: false);
    private int _killedMidway;

    public async Task RunAsync(CancellationToken stopping)
    {
        await run.Output.WriteLineAsync(FormattableString.Invariant($"swap test change-kill: seed {run.Options.Seed}, {kills} kills"));
        await run.StartRosterAsync(_plan, stopping);
        if (!await _stepper.AgreesAsync(_plan, "after the start", stopping)) return;
        for (int number = 1; number <= kills && run.Faults.Count == 0; number++) await CycleAsync(number, stopping);

        var (ledger, fault) = await run.LedgerAsync(stopping);
        foreach (string wrong in ChangeJudge.Ledger(ledger, fault)) run.Fault(wrong);
        await run.StopGatewayAsync();
        foreach (string wrong in ChangeJudge.Uplink(await run.UplinkAsync(stopping))) run.Fault(wrong);
        run.JudgeWitness();
        await run.Output.WriteLineAsync(FormattableString.Invariant(
            $"{kills} kills, {_killedMidway} of them before the gateway had said what came of the files.\n"));
    }

    private async Task CycleAsync(int number, CancellationToken stopping)
    {
        var step = PlanStep.Next(number, Kinds[run.Random.Next(Kinds.Length)], _plan, run.Random);
        var after = Longest * run.Random.NextDouble();
        string name = FormattableString.Invariant($"kill {number} ({step.Kind}, after {after.TotalMilliseconds:F0} ms)");
        run.Tell(name);
        int from = run.Gateway.Log.Lines.Count;
        step.Write(run.Scene);
        run.Gateway.Process.HangUp();
        await Task.Delay(after, run.Time, stopping);
        await run.KillGatewayAsync();
        bool hasSpoken = run.Gateway.Log.Lines.Skip(from)
            .Any(line => line.Text.Contains(ChangeStepper.Word, StringComparison.Ordinal));
        if (!hasSpoken) _killedMidway++;
        run.StartGateway();
        var started = run.Gateway.Started;
        // An invalid file: the last good ones run.
        _plan = step.InForce;
        if (!await _stepper.AgreesAsync(_plan, name, stopping)) return;
        if (!await run.UntilAsync(() => Silent().Count == 0, Patience, stopping))
            run.Fault($"{name}: nothing came of {string.Join(", ", Silent())} within {Patience.TotalSeconds} s of the restart.");
        // So that it is the files of this plan that are kept as the last good ones.
        if (!step.IsTaken) run.Scene.WriteGateway(_plan.Content(run.Scene));

        List<string> Silent() =>
            [.. _plan.Devices.Select(device => device.Id).Where(device => !(run.Numbers.NewestOf(device)?.Taken > started))];
    }
}
