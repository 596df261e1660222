using BridgeFramework.Configuration;
using BridgeFramework.Outbox;

namespace BridgeFramework.Runtime.Tests;

public sealed class UplinkIntakeTests
{
    private static readonly ReportSettings OnChange = new() { OnChange = true };

    [Fact]
    public async Task Filtered_values_are_in_the_ledger_and_not_in_the_outbox()
    {
        await using var bench = new IntakeBench(new ReportSettings { Deadband = 1 });
        bench.Report(("p", 20), ("free", 1));
        bench.Report(("p", 20.5), ("free", 2));
        bench.Report(("p", 20.6));
        bench.Report(("p", 22));

        Assert.Equal(["p=20 free=1", "free=2", "p=22"], bench.Drain(), StringComparer.Ordinal);
        var ledger = bench.Ledger;
        Assert.Equal((6, 2, 4), (ledger.Reported, ledger.Filtered, ledger.Acknowledged));
    }

    [Fact]
    public async Task A_value_held_back_comes_when_it_is_due_with_the_time_at_which_it_was_reported()
    {
        await using var bench = new IntakeBench(new ReportSettings { MinInterval = TimeSpan.FromSeconds(1) });
        bench.Report(("p", 1));
        bench.Pass(300);
        long reportedAt = bench.Clock.Now.Steady;
        bench.Report(("p", 2));
        Assert.Equal(["p=1"], bench.Drain(), StringComparer.Ordinal);
        bench.Pass(600);
        Assert.Empty(bench.Drain());
        bench.Pass(200);

        Assert.Equal(["p=2"], bench.Drain(out var stamps), StringComparer.Ordinal);
        Assert.Equal(reportedAt, Assert.Single(stamps).Steady);
    }

    [Fact]
    public async Task Values_held_back_at_one_moment_are_one_set_and_those_of_another_are_another()
    {
        await using var bench = new IntakeBench(new ReportSettings { MinInterval = TimeSpan.FromSeconds(1) });
        bench.Report(("p", 1), ("q", 1), ("r", 1));
        bench.Pass(300);
        bench.Report(("p", 2), ("q", 2));
        bench.Pass(100);
        bench.Report(("r", 2));
        bench.Drain();
        bench.Pass(1000);

        Assert.Equal(["p=2 q=2", "r=2"], bench.Drain(), StringComparer.Ordinal);
    }

    [Theory]
    [InlineData("p")]
    [InlineData("free")]
    public async Task A_report_that_was_given_up_does_not_count_as_sent(string point)
    {
        await using var bench = new IntakeBench(OnChange);
        bench.Report((point, 1));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => bench.GiveUp(point));

        bench.Report(Quality.LinkDown, point);

        Assert.Equal([$"{point}=1", $"{point}="], bench.Drain(), StringComparer.Ordinal);
    }

    [Fact]
    public async Task A_value_that_was_refused_goes_when_there_is_room_again()
    {
        await using var bench = new IntakeBench(OnChange, new OutboxOptions { MaxOwnerBytes = 400, WhenFull = _ => WhenFull.DropNewest });
        for (int i = 1; bench.Ledger.DroppedInAll == 0; i++) bench.Report(("p", i));
        double last = bench.Ledger.Reported;
        bench.Report(("p", last)); // no news: a policy that counted the value as sent would filter it for ever
        bench.Drain();
        bench.Pass(11_000);

        Assert.Equal([$"p={last}"], bench.Drain().TakeLast(1), StringComparer.Ordinal);
        bench.AssertBalanced();
    }

    [Fact]
    public async Task A_value_that_is_refused_again_and_again_is_not_repeated_in_ever_quicker_turns()
    {
        await using var bench = new IntakeBench(OnChange, new OutboxOptions { MaxOwnerBytes = 400, WhenFull = _ => WhenFull.DropNewest });
        for (int i = 1; bench.Ledger.DroppedInAll == 0; i++) bench.Report(("p", i));
        bench.Pass(60_000);

        Assert.InRange(bench.Ledger.Dropped[DropReason.OwnerFull], 2, 9);
        bench.AssertBalanced();
    }

    [Fact]
    public async Task A_value_that_was_pushed_out_after_it_had_been_accepted_is_due_again()
    {
        await using var bench = new IntakeBench(OnChange, new OutboxOptions { MaxOwnerBytes = 400 });
        bench.Report(("p", 7));
        for (int i = 1; bench.Ledger.DroppedInAll == 0; i++) bench.Report(("free", i));
        bench.Report(("p", 7)); // no news for the policy, if nobody had told it
        bench.Pass(200);

        Assert.Contains("p=7", bench.Drain(), StringComparer.Ordinal);
        bench.AssertBalanced();
    }

    [Fact]
    public async Task A_value_whose_point_has_a_later_one_waiting_is_not_repeated()
    {
        await using var bench = new IntakeBench(OnChange, new OutboxOptions { MaxOwnerBytes = 400 });
        for (int i = 1; bench.Ledger.DroppedInAll == 0; i++) bench.Report(("p", i));
        long reported = bench.Ledger.Reported;
        bench.Pass(20_000);

        Assert.Equal(reported, bench.Ledger.Reported);
    }

    [Fact]
    public async Task What_the_hub_never_takes_makes_its_point_due_as_well()
    {
        await using var bench = new IntakeBench(OnChange);
        bench.Report(("p", 7));
        bench.Outbox.Open(IntakeBench.Owner);
        Assert.True(bench.Outbox.TryTake(LaneKind.Live, _ => 1, 1000, out var batch));
        batch.Drop(1, DropReason.Unsendable);
        bench.Pass(200);

        Assert.Equal(["p=7"], bench.Drain(), StringComparer.Ordinal);
    }

    [Fact]
    public async Task An_event_is_never_filtered()
    {
        await using var bench = new IntakeBench(OnChange);
        for (int i = 0; i < 3; i++)
            bench.Do(() =>
                bench.Intake.ReportEventAsync(bench.Source, new DeviceEvent { Name = "doorOpened" }, CancellationToken.None).AsTask());
        Assert.Equal((3, 3, 0), (bench.Ledger.Reported, bench.Ledger.Pending, bench.Ledger.Filtered));
    }

    [Fact]
    public async Task A_line_that_is_dead_for_48_s_makes_one_sample_of_each_point_and_the_rest_is_filtered()
    {
        await using var bench = new IntakeBench(new ReportSettings());
        bench.Report(("p", 1), ("q", 1), ("free", 1));
        for (int second = 0; second < 48; second++)
        {
            bench.Report(Quality.LinkDown, "p", "q", "free");
            bench.Pass(1000);
        }

        bench.Report(("p", 2), ("q", 2), ("free", 2));
        bench.Report(Quality.LinkDown, "p", "q", "free"); // another outage

        Assert.Equal(["p=1 q=1 free=1", "p= q= free=", "p=2 q=2 free=2", "p= q= free="], bench.Drain(), StringComparer.Ordinal);
        var ledger = bench.Ledger;
        Assert.Equal((153, 141, 12), (ledger.Reported, ledger.Filtered, ledger.Acknowledged));
    }

    [Fact]
    public async Task The_same_bad_quality_goes_again_after_ten_minutes_and_not_a_tick_before()
    {
        await using var bench = new IntakeBench(new ReportSettings());
        bench.Report(Quality.Timeout, "p");
        bench.Advance(TimeSpan.FromMinutes(10) - TimeSpan.FromTicks(1));
        bench.Report(Quality.Timeout, "p");
        Assert.Equal(1, bench.Ledger.Pending);
        bench.Advance(TimeSpan.FromTicks(1));
        bench.Report(Quality.Timeout, "p");
        bench.Report(Quality.Timeout, "p");

        Assert.Equal((4, 2, 2), (bench.Ledger.Reported, bench.Ledger.Pending, bench.Ledger.Filtered));
    }

    [Fact]
    public async Task A_wall_clock_that_is_set_neither_repeats_a_bad_quality_nor_silences_it()
    {
        await using var bench = new IntakeBench(new ReportSettings());
        bench.Report(Quality.Timeout, "p");
        bench.SetClock(TimeSpan.FromDays(60));
        bench.Report(Quality.Timeout, "p");
        Assert.Equal(1, bench.Ledger.Pending);

        bench.SetClock(TimeSpan.FromDays(-90));
        bench.Advance(TimeSpan.FromMinutes(10));
        bench.Report(Quality.Timeout, "p");
        Assert.Equal(2, bench.Ledger.Pending);
    }

    [Fact]
    public async Task A_bad_quality_that_the_outbox_dropped_goes_again_with_the_next_poll()
    {
        await using var bench = new IntakeBench(new ReportSettings(), new OutboxOptions { MaxOwnerBytes = 400 });
        bench.Report(Quality.Timeout, "p");
        for (int i = 1; bench.Ledger.DroppedInAll == 0; i++) bench.Report(("free", i));
        bench.Report(Quality.Timeout, "p");
        bench.Report(Quality.Timeout, "p");

        Assert.Single(bench.Drain(), "p=");
        Assert.Equal(1, bench.Ledger.Filtered);
    }
}
