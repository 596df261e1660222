using System.Globalization;
using BridgeFramework.Configuration;
using BridgeFramework.Outbox;

namespace BridgeFramework.Runtime.Tests;

public sealed class ReportPolicyTests
{
    /// <summary>What is reported one after another, and which of it goes: marked with <c>!</c>.</summary>
    [Theory]
    // Any change, without a dead-band
    [InlineData(null, null, "1! 1 2! 2 1.5! 1.5 -1.5!")]
    [InlineData(0.0, null, "1! 1 1.0000000000000002!")]
    [InlineData(null, null, "9007199254740992i! 9007199254740993i! 9007199254740993i")]
    [InlineData(0.0, 0.0, "9007199254740993i! 9007199254740992i! 9007199254740992i")]
    // Other kinds are equal or not; another kind is a change
    [InlineData(5.0, null, "true! true false! false")]
    [InlineData(5.0, null, "'a! 'a 'b! 'B!")]
    [InlineData(5.0, null, "#01ff! #01ff #01fe!")]
    [InlineData(5.0, null, "7i! 7! 7 7i! 'a! true!")]
    // Absolute: more than the dead-band from the last one sent, so that a drift is seen
    [InlineData(1.0, null, "10! 10.5 11 11.25! 10.25 10!")]
    [InlineData(1.0, null, "0! 0.4 0.8 1.2! 1.6 2 2.4!")]
    [InlineData(2.0, null, "100i! 102i 103i! 101i 100i!")]
    [InlineData(0.1, null, "0! 0.1 0.2! 0.3 0.4!")]
    [InlineData(0.1, null, "20.2! 20.3 20.1 20.31!")]
    [InlineData(1.0, null,
        "-9223372036854775808i! 9223372036854775807i! 9223372036854775808i! 9223372036854775809i 18446744073709551615i!")]
    [InlineData(1.0, null, "-1.7e308! 1.7e308!")]
    // In percent of the last one sent
    [InlineData(null, 10.0, "100! 110 90 111! 100 99!")]
    [InlineData(null, 10.0, "-100! -110 -111!")]
    [InlineData(null, 10.0, "0! 0.001! 0!")]
    // Of both the wider one
    [InlineData(5.0, 10.0, "100! 106 111! 105")]
    [InlineData(5.0, 10.0, "0! 4 -4 6! 1.5 0!")]
    // Quality
    [InlineData(1.0, null, "1! timeout! timeout linkDown! linkDown timeout! 1! 1")]
    [InlineData(1.0, null, "timeout! timeout 1!")]
    public void A_value_goes_when_it_has_changed(double? deadband, double? percent, string history)
    {
        var bench = new PolicyBench(new ReportSettings { Deadband = deadband, DeadbandPercent = percent, OnChange = true });

        Assert.Equal(history, string.Join(
            ' ', history.Split(' ').Select(step => bench.Report(Value(step.TrimEnd('!'))) ? step.TrimEnd('!') + "!" : step.TrimEnd('!'))));
        Assert.Null(bench.Policy.NextDue);
    }

    /// <summary>Steps are <c>time:value</c>; <c>!</c> marks what goes, <c>time&lt;value</c> what falls due then.</summary>
    [Theory]
    // The newest of those held back goes when the interval is over
    [InlineData("0:1! 10:2 20:3 100<3 110:3")]
    [InlineData("0:1! 99:2 100<2 199:3 200<3")]
    // What is reported when it is over goes by itself, and then nothing is due
    [InlineData("0:1! 10:2 100:3! 300:3")]
    [InlineData("0:1! 150:2! 160:3 250<3")]
    // Back at the value sent: nothing is due
    [InlineData("0:1! 10:2 20:1 300:1")]
    [InlineData("0:1! 10:2 20:1 30:4 100<4")]
    [InlineData("0:1! 10:2 100:1 300:1")]
    // A quality goes at once, and begins the interval anew; what was held back before it is forgotten
    [InlineData("0:1! 10:2 20:timeout! 30:timeout 40:linkDown! 45:2! 50:3 145<3")]
    [InlineData("0:1! 10:2 20:timeout! 300:timeout")]
    public void A_change_within_the_least_interval_is_held_back(string history) =>
        Play(new ReportSettings { OnChange = true, MinInterval = TimeSpan.FromMilliseconds(100) }, history);

    [Theory]
    [InlineData("0:1! 10:1 100<1 110:1 200<1 350:1! 350:1 450<1")]
    [InlineData("0:1! 10:2 20:1 100<1")]
    [InlineData("0:timeout! 10:timeout 300:timeout 310:1!")]
    public void With_a_least_interval_alone_one_value_goes_in_each(string history) =>
        Play(new ReportSettings { MinInterval = TimeSpan.FromMilliseconds(100) }, history);

    [Theory]
    [InlineData("0:1! 999:1 1000:1! 1999:1 2000:1.5! 2999:1 3001:1!")]
    [InlineData("0:1! 500:9! 1499:9 1500:9!")]
    [InlineData("0:timeout! 999:timeout 1000:timeout! 1500:timeout")]
    // Nothing is reported, so nothing goes
    [InlineData("0:1! 90000:1!")]
    public void A_reported_value_goes_again_when_the_last_one_is_old(string history) =>
        Play(new ReportSettings { Deadband = 1, MaxInterval = TimeSpan.FromSeconds(1) }, history);

    [Fact]
    public void A_held_value_keeps_the_time_at_which_it_was_reported()
    {
        var bench = new PolicyBench(new ReportSettings { OnChange = true, MinInterval = TimeSpan.FromMilliseconds(100) });
        bench.Report(1);
        bench.Now = 30;
        bench.Report(2);
        bench.Now = 500;

        Assert.Equal([new DueValue(new PointValue(PolicyBench.X, Variant.From(2.0)), 30)], bench.TakeDue());
        Assert.Empty(bench.TakeDue());
    }

    [Fact]
    public void Nothing_is_due_before_its_time_and_what_finds_no_room_stays_due()
    {
        PointDefinition y = new() { Name = "y", At = new object() };
        var settings = new ReportSettings { OnChange = true, MinInterval = TimeSpan.FromMilliseconds(100) };
        var policy = PolicyBench.Create(
            TestUplink.BadInterval, PolicyBench.Configured("x", settings), PolicyBench.Configured("y", settings));
        policy.SetPoints([PolicyBench.X, y]);
        Span<PointValue> keep = new PointValue[2];
        policy.Filter([new(PolicyBench.X, Variant.From(1.0)), new(y, Variant.From(1.0))], 0, keep);
        policy.Filter([new(PolicyBench.X, Variant.From(2.0)), new(y, Variant.From(2.0))], 1, keep);
        var due = new DueValue[1];

        Assert.Equal(0, policy.TakeDue(99, due));
        Assert.Equal((1, PolicyBench.X), (policy.TakeDue(100, due), due[0].Value.Point));
        Assert.Equal(100, policy.NextDue);
        Assert.Equal((1, y), (policy.TakeDue(100, due), due[0].Value.Point));
        Assert.Null(policy.NextDue);
    }

    [Fact]
    public void Of_many_points_the_first_that_is_due_is_told()
    {
        PointDefinition y = new() { Name = "y", At = new object() };
        var policy = PolicyBench.Create(
            TestUplink.BadInterval,
            PolicyBench.Configured("x", new ReportSettings { MinInterval = TimeSpan.FromMilliseconds(100) }),
            PolicyBench.Configured("y", new ReportSettings { MinInterval = TimeSpan.FromMilliseconds(50) }));
        policy.SetPoints([PolicyBench.X, y]);
        var keep = new PointValue[2];
        for (int now = 0; now < 2; now++) policy.Filter([new(PolicyBench.X, Variant.From(1.0)), new(y, Variant.From(1.0))], now, keep);

        Assert.Equal(50, policy.NextDue);
        Assert.Equal(1, policy.TakeDue(50, new DueValue[2]));
        Assert.Equal(100, policy.NextDue);
    }

    [Fact]
    public void What_is_kept_stays_in_order_may_be_written_over_what_was_given_and_allocates_nothing()
    {
        var bench = new PolicyBench(new ReportSettings { Deadband = 1 });
        PointValue[] values =
            [new(PolicyBench.X, Variant.From(5.0)), new(PolicyBench.Free, Variant.From(1.0)), new(PolicyBench.Free, Variant.From(1.0))];
        Assert.Equal(3, bench.Policy.Filter(values, 0, values));
        long before = GC.GetAllocatedBytesForCurrentThread();

        int kept = bench.Policy.Filter(values, 1, values);

        Assert.Equal((2, 0), (kept, GC.GetAllocatedBytesForCurrentThread() - before));
        Assert.Equal([PolicyBench.Free, PolicyBench.Free], values[..2].Select(value => value.Point));
        Assert.Throws<ArgumentException>(() => bench.Policy.Filter(values, 2, values.AsSpan(1)));
    }

    [Fact]
    public void Where_every_value_goes_there_is_no_policy()
    {
        Assert.Null(ReportPolicy.Create([], TimeSpan.Zero));
        Assert.Null(ReportPolicy.Create(
            [PolicyBench.Configured("x", null), PolicyBench.Configured("y", new ReportSettings { OnChange = false })], TimeSpan.Zero));
    }

    [Fact]
    public void Points_that_a_driver_describes_anew_are_known_by_name()
    {
        var bench = new PolicyBench(new ReportSettings { OnChange = true, MinInterval = TimeSpan.FromMilliseconds(100) });
        Assert.True(bench.Report(1));
        Assert.False(bench.Report(2));
        PointDefinition again = new() { Name = "x", At = new object() };

        bench.Policy.SetPoints([again]);

        Assert.False(bench.Report(new PointValue(again, Variant.From(1.0))));
        Assert.False(bench.Report(new PointValue(again, Variant.From(3.0))));
        Assert.Equal(100, bench.Policy.NextDue);
    }

    [Theory]
    [InlineData("1! 1")]
    [InlineData("1! 1.2")]
    [InlineData("1! timeout! timeout")]
    public void After_a_reset_the_last_known_value_is_due_at_once_even_if_nothing_is_reported_again(string history)
    {
        var bench = new PolicyBench(new ReportSettings { Deadband = 0.5 });
        foreach (string step in history.Split(' ')) Assert.Equal(step.EndsWith('!'), bench.Report(Value(step.TrimEnd('!'))));
        bench.Now = 70;

        bench.Policy.Reset(bench.Now);

        Assert.Equal(70, bench.Policy.NextDue);
        Assert.Equal([new DueValue(Value(history.Split(' ')[^1].TrimEnd('!')), 0)], bench.TakeDue());
        Assert.Null(bench.Policy.NextDue);
    }

    [Fact]
    public void After_a_reset_a_held_value_need_not_wait_and_what_is_reported_first_takes_its_place()
    {
        var bench = new PolicyBench(new ReportSettings { OnChange = true, MinInterval = TimeSpan.FromMilliseconds(100) });
        bench.Report(1);
        bench.Report(2);
        bench.Policy.Reset(5);
        Assert.Equal(5, bench.Policy.NextDue);
        bench.Now = 6;

        Assert.True(bench.Report(1));

        Assert.Null(bench.Policy.NextDue);
    }

    [Fact]
    public void Of_a_point_that_was_never_reported_nothing_is_due()
    {
        var bench = new PolicyBench(new ReportSettings { OnChange = true });

        bench.Policy.Reset(0);

        Assert.Null(bench.Policy.NextDue);
    }

    [Fact]
    public void What_is_lost_again_and_again_is_repeated_every_ten_seconds_and_not_in_a_circle()
    {
        var bench = new PolicyBench(new ReportSettings { OnChange = true });
        bench.Report(1);

        bench.Policy.Refused([new PointValue(PolicyBench.X, Variant.From(1.0))], 0);
        Assert.Single(bench.TakeDue());
        bench.Policy.Refused([new PointValue(PolicyBench.X, Variant.From(1.0))], 0);

        Assert.Equal(10_000, bench.Policy.NextDue);
        bench.Now = 10_000;
        Assert.Single(bench.TakeDue());
    }

    [Fact]
    public void A_drop_concerns_only_points_whose_last_value_it_took()
    {
        var bench = new PolicyBench(new ReportSettings { OnChange = true });
        PointValue[] sent = [new(PolicyBench.Free, Variant.From(0.0)), new(PolicyBench.X, Variant.From(1.0))];
        bench.Report(1);
        bench.Policy.Accepted(sent, LaneKind.Live, firstSequence: 7, now: 0);
        bench.Policy.Dropped(LaneKind.Live, firstSequence: 7, items: 1, now: 4);
        Assert.Null(bench.Policy.NextDue);

        bench.Report(2);
        bench.Policy.Accepted(sent.AsSpan(1), LaneKind.Live, firstSequence: 9, now: 0);

        bench.Policy.Dropped(LaneKind.Live, firstSequence: 1, items: 8, now: 5);
        Assert.Null(bench.Policy.NextDue);
        bench.Policy.Dropped(LaneKind.Live, firstSequence: 9, items: 1, now: 6);
        Assert.Equal(6, bench.Policy.NextDue);
    }

    [Fact]
    public void A_drop_that_is_heard_of_before_the_number_is_not_missed()
    {
        var bench = new PolicyBench(new ReportSettings { OnChange = true });
        bench.Report(1);

        bench.Policy.Dropped(LaneKind.Live, firstSequence: 1, items: 1, now: 3);
        bench.Policy.Accepted([new PointValue(PolicyBench.X, Variant.From(1.0))], LaneKind.Live, firstSequence: 1, now: 4);

        Assert.Equal(4, bench.Policy.NextDue);
    }

    private static void Play(ReportSettings settings, string history)
    {
        var bench = new PolicyBench(settings);
        var seen = new List<string>();
        foreach (string step in history.Split(' '))
        {
            int mark = step.AsSpan().IndexOfAny(':', '<');
            bench.Now = long.Parse(step.AsSpan(0, mark), CultureInfo.InvariantCulture);
            string value = step[(mark + 1)..].TrimEnd('!');
            if (step[mark] == '<')
            {
                Assert.Equal(bench.Now, bench.Policy.NextDue);
                seen.AddRange(bench.TakeDue().Select(due => $"{bench.Now}<{due.Value.Value}"));
            }
            else
            {
                // Whoever reports when a value is due at that very moment may come first.
                Assert.False(bench.Policy.NextDue < bench.Now, $"A value was due before {step}.");
                seen.Add($"{bench.Now}:{value}{(bench.Report(Value(value)) ? "!" : "")}");
            }
        }

        Assert.Equal(history, string.Join(' ', seen));
        Assert.Null(bench.Policy.NextDue);
    }

    private static PointValue Value(string text)
    {
        if (Enum.TryParse<Quality>(text, ignoreCase: true, out var quality) && char.IsLetter(text[0]))
            return new PointValue(PolicyBench.X, quality);
        return new PointValue(PolicyBench.X, text switch
        {
            "true" or "false" => Variant.From(text == "true"),
            ['\'', .. var rest] => Variant.From(rest),
            ['#', .. var rest] => Variant.From(Convert.FromHexString(rest)),
            ['-', .. var rest, 'i'] => Variant.From((long)-Int128.Parse(rest, CultureInfo.InvariantCulture)),
            [.. var rest, 'i'] => Variant.From(ulong.Parse(rest, CultureInfo.InvariantCulture)),
            _ => Variant.From(double.Parse(text, CultureInfo.InvariantCulture)),
        });
    }
}
