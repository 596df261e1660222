namespace BridgeFramework.SwapTest;

/// <summary>Changes the configuration of a gateway that runs, again and again, while channels that it does not concern keep time; every
/// few changes nothing happens for as long.</summary>
internal sealed class ChangeRun(TestRun run, int changes)
{
    private const int InStretch = 5;
    private const int Mended = 3; // at most, of five that follow one another
    private static readonly TimeSpan Aftermath = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(10);
    private static readonly ChangeKind[] Kinds = Enum.GetValues<ChangeKind>();

    private readonly ChangeStepper _stepper = new(run);
    private readonly List<ChangeRecord> _changes = [];
    private readonly List<Stretch> _stretches = [];
    private RosterPlan _plan = RosterPlan.First(withMetronomes: true);

    public async Task RunAsync(CancellationToken stopping)
    {
        await run.Output.WriteLineAsync(FormattableString.Invariant(
            $"swap test change: seed {run.Options.Seed}, {changes} changes, {SwapScene.Metronomes} channels keep time beside"));
        await run.StartRosterAsync(_plan, stopping);
        if (!await _stepper.AgreesAsync(_plan, "after the start", stopping)) return;
        await run.LiveAsync(WarmUp, stopping);
        await _stepper.ForgetAsync(stopping);
        while (_changes.Count < changes) await StretchAsync(Math.Min(InStretch, changes - _changes.Count), stopping);

        var (ledger, fault) = await run.LedgerAsync(stopping);
        foreach (string wrong in ChangeJudge.Ledger(ledger, fault)) run.Fault(wrong);
        await run.StopGatewayAsync();
        var slots = SlotReader.Read(run.Scene);
        await ChangeReport.WriteAsync(_changes, run.Output);
        await TimingReport.WriteAsync(slots, _stretches, "changes", run.Output);
        await run.Output.WriteLineAsync();
        foreach (string wrong in TimingJudge.Judgement(slots, _stretches, run.Gateway.Log.Lines)) run.Fault(wrong);
        foreach (string wrong in ChangeJudge.Uplink(await run.UplinkAsync(stopping))) run.Fault(wrong);
        run.JudgeWitness();
    }

    /// <summary>Some changes, then none for as long.</summary>
    private async Task StretchAsync(int count, CancellationToken stopping)
    {
        await _stepper.RestAsync(count + Mended, stopping);
        var begin = run.Time.GetUtcNow();
        for (int i = 0; i < count; i++)
        {
            var step = PlanStep.Next(_changes.Count + 1, Kinds[_changes.Count % Kinds.Length], _plan, run.Random);
            _changes.Add(await _stepper.MakeAsync(step, stopping));
            _plan = step.InForce;
        }

        await run.LiveAsync(Aftermath, stopping);
        var end = run.Time.GetUtcNow();
        // What asks the gateway how it is takes time of the machine's, whether anything changes or not.
        foreach (var _ in _changes.TakeLast(count).Where(change => !change.Step.IsTaken))
            for (int i = 0; i < 2; i++) await run.BridgeAsync(stopping, "status");
        await run.LiveAsync(end - begin - (run.Time.GetUtcNow() - end), stopping);
        _stretches.Add(new Stretch(begin, end, IsBusy: true));
        _stretches.Add(new Stretch(end, run.Time.GetUtcNow(), IsBusy: false));
    }
}
