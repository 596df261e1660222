using System.Text.Json;
using BridgeFramework.Configuration;
using BridgeFramework.Outbox;

namespace BridgeFramework.Runtime.Tests;

/// <summary>Sub-devices that come, change and leave while their drivers report.</summary>
public sealed class IntakeApplyTests
{
    private static readonly ReportSettings OnChange = new() { OnChange = true };
    private static readonly ReportSettings EverySecond = new() { MinInterval = TimeSpan.FromSeconds(1) };
    private static readonly SubDeviceId Id = SubDeviceId.Parse(IntakeBench.Owner);

    [Fact]
    public async Task What_is_known_of_a_sub_device_that_reports_as_before_is_kept()
    {
        await using var bench = new IntakeBench(OnChange);
        bench.Report(("p", 1));
        var plan = IntakeBench.Plan(OnChange with { });
        var plain = new PointPlan { Name = "new", At = JsonElement.Parse("7") };
        var moved = plan.Points.Select(point => point with { At = JsonElement.Parse("1"), Interval = TimeSpan.FromDays(1) });
        bench.Apply(
            plan with { Settings = JsonElement.Parse("""{"unit":7}"""), Points = [.. moved, plain] },
            TestUplink.Device("P/other"));

        Assert.Same(bench.Source, bench.Intake.SourceOf(Id));
        bench.Report(("p", 1));
        Assert.Equal(["p=1"], bench.Drain(), StringComparer.Ordinal);
        Assert.Equal(1, bench.Ledger.Filtered);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task One_that_reports_in_another_way_begins_anew_and_what_was_held_back_goes_at_once(bool changesInterval)
    {
        await using var bench = new IntakeBench(EverySecond);
        bench.Report(("p", 1), ("q", 1));
        bench.Pass(300);
        long reportedAt = bench.Clock.Now.Steady;
        bench.Report(("p", 2));
        bench.Pass(200);
        var before = bench.Source;
        if (changesInterval) bench.Apply(TimeSpan.FromMinutes(1), IntakeBench.Plan(EverySecond));
        else bench.Apply(IntakeBench.Plan(OnChange));

        Assert.NotSame(before, bench.Intake.SourceOf(Id));
        Assert.Equal(["p=1 q=1", "p=2"], bench.Drain(out var stamps), StringComparer.Ordinal);
        Assert.InRange(stamps[1].Steady, reportedAt - 1, reportedAt + 1); // both are rounded
        bench.Report(("p", 3)); // by a run that has not ended yet
        bench.TakeSource();
        bench.Report(("p", 3), ("q", 1));
        bench.Report(("p", 3));
        Assert.Equal(["p=3", "p=3 q=1"], bench.Drain(), StringComparer.Ordinal);
        bench.Pass(2000);
        Assert.Equal(changesInterval ? ["p=3"] : [], bench.Drain(), StringComparer.Ordinal);
    }

    [Fact]
    public async Task What_is_held_back_of_one_that_leaves_goes_at_once_and_what_it_reports_late_is_refused()
    {
        await using var bench = new IntakeBench(EverySecond);
        bench.Report(("p", 1), ("q", 1), ("free", 1));
        bench.Report(("p", 2), ("q", 1), ("free", 2));
        bench.Apply(TestUplink.Device("P/other"));

        Assert.Equal(["p=1 q=1 free=1", "free=2", "p=2 q=1"], bench.Drain(), StringComparer.Ordinal);
        bench.Report(("p", 3), ("free", 3));
        bench.Do(() => bench.Intake.ReportEventAsync(bench.Source, new DeviceEvent { Name = "late" }, CancellationToken.None).AsTask());
        bench.Pass(2000);
        Assert.Empty(bench.Drain());
        var ledger = bench.Ledger;
        Assert.Equal((11, 6, 2, 3), (ledger.Reported, ledger.Acknowledged, ledger.Filtered, ledger.Dropped[DropReason.Removed]));
        Assert.Throws<KeyNotFoundException>(() => bench.Intake.SourceOf(Id));
    }

    [Fact]
    public async Task One_that_is_back_begins_anew()
    {
        await using var bench = new IntakeBench(OnChange);
        bench.Report(("p", 1));
        bench.Apply();
        bench.Outbox.RemoveOwner(IntakeBench.Owner);
        bench.Outbox.AddOwners([IntakeBench.Owner]);
        bench.Apply(IntakeBench.Plan(OnChange));
        bench.TakeSource();
        bench.Report(("p", 1));
        Assert.Equal(["p=1"], bench.Drain(), StringComparer.Ordinal);
        Assert.Equal(1, bench.Ledger.Dropped[DropReason.Removed]);
    }

    [Fact]
    public async Task What_is_held_back_of_one_that_came_later_is_reported_when_it_is_due_also_where_nobody_held_back_before()
    {
        await using var bench = new IntakeBench(new ReportSettings());
        bench.Pass(500);
        bench.Apply(IntakeBench.Plan(EverySecond));
        bench.TakeSource();
        bench.Report(("p", 1));
        bench.Report(("p", 2));
        Assert.Equal(["p=1"], bench.Drain(), StringComparer.Ordinal);
        bench.Pass(1100);
        Assert.Equal(["p=2"], bench.Drain(), StringComparer.Ordinal);

        bench.Apply(IntakeBench.Plan(new ReportSettings()));
        bench.Pass(1000);
        bench.Apply(IntakeBench.Plan(EverySecond), TestUplink.Device("P/other"));
        bench.TakeSource();
        bench.Report(("p", 3));
        bench.Report(("p", 4));
        bench.Pass(1100);
        Assert.Equal(["p=3", "p=4"], bench.Drain(), StringComparer.Ordinal);
    }

    [Fact]
    public async Task An_outbox_that_refuses_what_was_held_back_ends_the_leaving_all_the_same()
    {
        await using var bench = new IntakeBench(EverySecond);
        bench.Report(("p", 1));
        bench.Report(("p", 2));
        bench.Outbox.RemoveOwner(IntakeBench.Owner);
        bench.Apply();

        Assert.Empty(bench.Drain());
        Assert.Equal((3, 1, 2), (bench.Ledger.Reported, bench.Ledger.Filtered, bench.Ledger.Dropped[DropReason.Removed]));
    }
}
