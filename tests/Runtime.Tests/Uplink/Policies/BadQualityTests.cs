using BridgeFramework.Configuration;
using BridgeFramework.Outbox;

namespace BridgeFramework.Runtime.Tests;

/// <summary>What goes of a point whose quality is bad, mostly of one without a <c>report</c>. Steps are <c>time:value</c>, <c>!</c> marks
/// what goes.</summary>
public sealed class BadQualityTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Theory]
    // Once, and again when the interval is over: at that very moment and not before
    [InlineData("0:timeout! 1:timeout 999:timeout 1000:timeout! 1001:timeout 1999:timeout 2000:timeout!")]
    // From the last time it went, not from the last time it was reported
    [InlineData("7:refused! 900:refused 1006:refused 1007:refused!")]
    // A change goes at once, and begins the interval anew
    [InlineData("0:timeout! 1:linkDown! 2:linkDown 3:timeout! 4:timeout 1002:timeout 1003:timeout!")]
    [InlineData("0:timeout! 1:linkDown! 2:refused! 3:deviceFault! 4:invalid! 5:invalid")]
    // Good values go, all of them; what is bad after one goes at once
    [InlineData("0:good! 1:timeout! 2:timeout 3:good! 4:good! 5:timeout! 6:timeout")]
    public void The_same_bad_quality_goes_once_in_each_interval_and_every_change_at_once(string history)
    {
        Assert.Equal(history, new PolicyBench(new ReportSettings(), Second).Play(PolicyBench.Free, history));
        Assert.Equal(history, new PolicyBench(new ReportSettings { OnChange = false }, Second).Play(PolicyBench.X, history));
    }

    [Fact]
    public void An_interval_of_nothing_lets_every_bad_quality_go() =>
        Assert.Equal(
            "0:timeout! 0:timeout! 1:timeout! 2:linkDown!",
            new PolicyBench(new ReportSettings { OnChange = true }, TimeSpan.Zero).Play(
                PolicyBench.Free, "0:timeout 0:timeout 1:timeout 2:linkDown"));

    [Theory]
    [InlineData(1000, null, "0:timeout! 999:timeout 1000:timeout! 1001:good! 1002:good 90000:good")]
    // A longest interval of the point's own comes first, be it shorter or longer
    [InlineData(1000, 300, "0:timeout! 299:timeout 300:timeout! 301:good! 600:good 601:good!")]
    [InlineData(1000, 3000, "0:timeout! 1000:timeout 2999:timeout 3000:timeout!")]
    // To a point that tells changes the same is none
    [InlineData(0, null, "0:timeout! 1:timeout 90000:timeout 90001:linkDown!")]
    public void A_point_that_tells_changes_tells_that_it_is_still_bad(int interval, int? maxInterval, string history)
    {
        var settings = new ReportSettings
        {
            OnChange = true,
            MaxInterval = maxInterval is { } most ? TimeSpan.FromMilliseconds(most) : null,
        };

        Assert.Equal(history, new PolicyBench(settings, TimeSpan.FromMilliseconds(interval)).Play(PolicyBench.X, history));
    }

    [Theory]
    [InlineData(1000, 10, null, "0:timeout! 5:timeout 999:timeout 1000:timeout! 1001:good! 1005:good 1011:good!")]
    // Without an interval for bad qualities the least interval alone holds them back
    [InlineData(0, 10, null, "0:timeout! 9:timeout 10:timeout! 19:timeout 20:timeout! 21:good! 25:good 31:good!")]
    [InlineData(1000, null, 3000, "0:timeout! 1000:timeout 2999:timeout 3000:timeout! 3001:good! 3002:good!")]
    public void A_point_that_does_not_tell_changes_only_has_its_own_intervals(
        int interval, int? minInterval, int? maxInterval, string history)
    {
        var settings = new ReportSettings
        {
            OnChange = false,
            MinInterval = minInterval is { } least ? TimeSpan.FromMilliseconds(least) : null,
            MaxInterval = maxInterval is { } most ? TimeSpan.FromMilliseconds(most) : null,
        };

        Assert.Equal(history, new PolicyBench(settings, TimeSpan.FromMilliseconds(interval)).Play(PolicyBench.X, history));
    }

    [Fact]
    public void A_value_of_a_definition_that_is_no_longer_in_force_is_of_the_same_point()
    {
        var bench = new PolicyBench(new ReportSettings { OnChange = true }, Second);
        var earlier = new PointDefinition { Name = PolicyBench.X.Name, At = PolicyBench.X.At };

        Assert.Equal("0:good!", bench.Play(PolicyBench.X, "0:good"));
        Assert.Equal("1:timeout! 2:timeout", bench.Play(earlier, "1:timeout 2:timeout"));
        Assert.Equal("3:good!", bench.Play(PolicyBench.X, "3:good"));
    }

    [Fact]
    public void Points_do_not_know_of_each_other()
    {
        var bench = new PolicyBench(new ReportSettings { OnChange = false }, Second);

        Assert.Equal("0:timeout!", bench.Play(PolicyBench.Free, "0:timeout"));
        Assert.Equal("1:timeout! 2:timeout", bench.Play(PolicyBench.X, "1:timeout 2:timeout"));
        Assert.Equal("3:good!", bench.Play(PolicyBench.X, "3:good"));
        Assert.Equal("4:timeout 1000:timeout!", bench.Play(PolicyBench.Free, "4:timeout 1000:timeout"));
    }

    /// <summary>Points of a new run are other objects. Before a driver has described its own there are none.</summary>
    [Fact]
    public void A_new_run_of_the_channel_does_not_tell_of_the_same_outage_again()
    {
        var bench = new PolicyBench(new ReportSettings(), Second);
        PointDefinition own = new() { Name = "own", At = new object() };
        PointDefinition again = new() { Name = "own", At = new object() };
        bench.Play(own, "0:timeout");

        bench.Policy.LetGo();
        bench.Policy.SetPoints([]);
        bench.Policy.SetPoints([again]);

        Assert.Equal("10:timeout 1000:timeout!", bench.Play(again, "10:timeout 1000:timeout"));
    }

    [Fact]
    public void A_point_that_is_there_no_more_is_forgotten()
    {
        var bench = new PolicyBench(new ReportSettings(), Second);
        PointDefinition own = new() { Name = "own", At = new object() };
        bench.Play(own, "0:timeout");

        bench.Policy.SetPoints([PolicyBench.Free]);
        bench.Policy.SetPoints([own]);

        Assert.Equal("10:timeout!", bench.Play(own, "10:timeout"));
    }

    [Fact]
    public void What_the_outbox_refused_or_dropped_goes_again_with_the_next_report()
    {
        PointValue[] bad = [new(PolicyBench.Free, Quality.Timeout)];
        var bench = new PolicyBench(new ReportSettings(), Second);
        bench.Play(PolicyBench.Free, "0:timeout");
        bench.Policy.Refused(bad, 0);
        Assert.Equal("1:timeout! 2:timeout", bench.Play(PolicyBench.Free, "1:timeout 2:timeout"));

        bench.Policy.Accepted(bad, LaneKind.Live, firstSequence: 7, now: 2);
        bench.Policy.Dropped(LaneKind.Live, firstSequence: 1, items: 6, now: 3);
        bench.Policy.Dropped(LaneKind.Backfill, firstSequence: 7, items: 1, now: 3);
        Assert.Equal("4:timeout", bench.Play(PolicyBench.Free, "4:timeout"));
        bench.Policy.Dropped(LaneKind.Live, firstSequence: 7, items: 1, now: 5);
        Assert.Equal("6:timeout! 7:timeout", bench.Play(PolicyBench.Free, "6:timeout 7:timeout"));

        // The drop may be heard of before the number.
        bench.Policy.Dropped(LaneKind.Live, firstSequence: 8, items: 1, now: 8);
        bench.Policy.Accepted(bad, LaneKind.Live, firstSequence: 8, now: 8);
        Assert.Equal("9:timeout! 10:timeout", bench.Play(PolicyBench.Free, "9:timeout 10:timeout"));
        bench.Policy.Reset(11);
        Assert.Equal("12:timeout!", bench.Play(PolicyBench.Free, "12:timeout"));
        Assert.Null(bench.Policy.NextDue);
    }

    [Fact]
    public void A_sample_of_a_dead_line_allocates_nothing()
    {
        var bench = new PolicyBench(new ReportSettings { OnChange = true }, Second);
        PointValue[] report = [new(PolicyBench.X, Quality.Timeout), new(PolicyBench.Free, Quality.Timeout)];
        var keep = new PointValue[report.Length];
        Assert.Equal(2, bench.Policy.Filter(report, 0, keep));
        bench.Policy.Accepted(report, LaneKind.Live, 1, 0);
        long before = GC.GetAllocatedBytesForCurrentThread();

        int kept = bench.Policy.Filter(report, 999, keep) + bench.Policy.Filter(report, 1000, keep);
        bench.Policy.Accepted(report, LaneKind.Live, 3, 1000);

        Assert.Equal((2, 0), (kept, GC.GetAllocatedBytesForCurrentThread() - before));
    }
}
