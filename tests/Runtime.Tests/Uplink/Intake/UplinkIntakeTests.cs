using System.Text;
using System.Text.Json;
using BridgeFramework.Configuration;
using BridgeFramework.Outbox;
using Microsoft.Extensions.Time.Testing;

namespace BridgeFramework.Runtime.Tests;

public sealed class UplinkIntakeTests
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(100);
    private static readonly ReportSettings OnChange = new() { OnChange = true };

    [Fact]
    public async Task Filtered_values_are_in_the_ledger_and_not_in_the_outbox()
    {
        await using var bench = new Bench(new ReportSettings { Deadband = 1 });
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
        await using var bench = new Bench(new ReportSettings { MinInterval = TimeSpan.FromSeconds(1) });
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
        await using var bench = new Bench(new ReportSettings { MinInterval = TimeSpan.FromSeconds(1) });
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
        await using var bench = new Bench(OnChange);
        bench.Report((point, 1));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => bench.GiveUp(point));

        bench.Report(Quality.LinkDown, point);

        Assert.Equal([$"{point}=1", $"{point}="], bench.Drain(), StringComparer.Ordinal);
    }

    [Fact]
    public async Task A_value_that_was_refused_goes_when_there_is_room_again()
    {
        await using var bench = new Bench(OnChange, new OutboxOptions { MaxOwnerBytes = 400, WhenFull = _ => WhenFull.DropNewest });
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
        await using var bench = new Bench(OnChange, new OutboxOptions { MaxOwnerBytes = 400, WhenFull = _ => WhenFull.DropNewest });
        for (int i = 1; bench.Ledger.DroppedInAll == 0; i++) bench.Report(("p", i));
        bench.Pass(60_000);

        Assert.InRange(bench.Ledger.Dropped[DropReason.OwnerFull], 2, 9);
        bench.AssertBalanced();
    }

    [Fact]
    public async Task A_value_that_was_pushed_out_after_it_had_been_accepted_is_due_again()
    {
        await using var bench = new Bench(OnChange, new OutboxOptions { MaxOwnerBytes = 400 });
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
        await using var bench = new Bench(OnChange, new OutboxOptions { MaxOwnerBytes = 400 });
        for (int i = 1; bench.Ledger.DroppedInAll == 0; i++) bench.Report(("p", i));
        long reported = bench.Ledger.Reported;
        bench.Pass(20_000);

        Assert.Equal(reported, bench.Ledger.Reported);
    }

    [Fact]
    public async Task What_the_hub_never_takes_makes_its_point_due_as_well()
    {
        await using var bench = new Bench(OnChange);
        bench.Report(("p", 7));
        bench.Outbox.Open(Bench.Owner);
        Assert.True(bench.Outbox.TryTake(LaneKind.Live, _ => 1, 1000, out var batch));
        batch.Drop(1, DropReason.Unsendable);
        bench.Pass(200);

        Assert.Equal(["p=7"], bench.Drain(), StringComparer.Ordinal);
    }

    [Fact]
    public async Task An_event_is_never_filtered()
    {
        await using var bench = new Bench(OnChange);
        for (int i = 0; i < 3; i++)
            bench.Do(() =>
                bench.Intake.ReportEventAsync(bench.Source, new DeviceEvent { Name = "doorOpened" }, CancellationToken.None).AsTask());
        Assert.Equal((3, 3, 0), (bench.Ledger.Reported, bench.Ledger.Pending, bench.Ledger.Filtered));
    }

    [Fact]
    public async Task A_line_that_is_dead_for_48_s_makes_one_sample_of_each_point_and_the_rest_is_filtered()
    {
        await using var bench = new Bench(new ReportSettings());
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
        await using var bench = new Bench(new ReportSettings());
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
        await using var bench = new Bench(new ReportSettings());
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
        await using var bench = new Bench(new ReportSettings(), new OutboxOptions { MaxOwnerBytes = 400 });
        bench.Report(Quality.Timeout, "p");
        for (int i = 1; bench.Ledger.DroppedInAll == 0; i++) bench.Report(("free", i));
        bench.Report(Quality.Timeout, "p");
        bench.Report(Quality.Timeout, "p");

        Assert.Single(bench.Drain(), "p=");
        Assert.Equal(1, bench.Ledger.Filtered);
    }

    /// <summary>An intake for a device with the points p, q and r under a policy, and one without.</summary>
    private sealed class Bench : IAsyncDisposable
    {
        public const string Owner = "P/a";
        private static readonly string[] Names = ["p", "q", "r", "free"];
        private readonly SingleThread _thread = new();
        private readonly SettableTime _time = new();
        private readonly CancellationTokenSource _stop = new();
        private readonly Dictionary<string, PointDefinition> _points;
        private Task _running = Task.CompletedTask;

        public Bench(ReportSettings report, OutboxOptions? options = null)
        {
            Outbox = TestUplink.Outbox(options);
            Outbox.AddOwners([Owner]);
            Clock = TestUplink.Clock(_time);
            var points = Names.Select(name => new PointPlan
            {
                Name = name,
                At = JsonElement.Parse("0"),
                Report = string.Equals(name, "free", StringComparison.Ordinal) ? null : report,
            }).ToArray();
            Intake = new UplinkIntake(Outbox, Clock, [TestUplink.Device(Owner, points)], TestUplink.BadInterval, _time);
            Source = Intake.SourceOf(SubDeviceId.Parse(Owner));
            _points = points.ToDictionary(
                point => point.Name, point => new PointDefinition { Name = point.Name, At = point }, StringComparer.Ordinal);
            Source.SetPoints([.. _points.Values]);
            Do(() => _running = Intake.RunAsync(_stop.Token));
        }

        public LaneOutbox Outbox { get; }
        public BootTimes Clock { get; }
        public UplinkIntake Intake { get; }
        public UplinkSource Source { get; }
        public OwnerLedger Ledger => Assert.Single(Outbox.Ledgers());

        public void Do(Func<Task> action)
        {
            var task = Task.CompletedTask;
            _thread.Do(() => task = action());
            if (!ReferenceEquals(task, _running)) Assert.True(task.IsCompletedSuccessfully, "A report has not ended.");
        }

        public void Report(params (string Point, double Value)[] values)
        {
            Report([.. values.Select(value => new PointValue(_points[value.Point], Variant.From(value.Value)))]);
        }

        public void Report(Quality quality, params string[] points) =>
            Report([.. points.Select(point => new PointValue(_points[point], quality))]);

        /// <summary>Reports that the line is down, with a token that is cancelled already, as in the middle of a stop.</summary>
        public async Task GiveUp(string point)
        {
            PointValue[] values = [new(_points[point], Quality.LinkDown)];
            await Intake.ReportAsync(Source, values, new CancellationToken(canceled: true));
        }

        /// <summary>Sets the wall clock; the steady one knows nothing of it.</summary>
        public void SetClock(TimeSpan by) => _time.Step += by;

        /// <summary>Lets time go by in one step.</summary>
        public void Advance(TimeSpan time) => _thread.Do(() => _time.Advance(time));

        public void Pass(int milliseconds)
        {
            for (; milliseconds > 0; milliseconds -= (int)Tick.TotalMilliseconds)
            {
                _thread.Do(() => _time.Advance(Tick));
                AssertBalanced();
            }
        }

        /// <summary>What waits, a text for each record; acknowledged then.</summary>
        public List<string> Drain() => Drain(out _);

        public List<string> Drain(out List<SampleStamp> stamps)
        {
            stamps = [];
            var texts = new List<string>();
            Outbox.Open(Owner);
            while (Outbox.TryTake(LaneKind.Live, _ => 1, 1000, out var batch))
            {
                var reader = new UplinkRecordReader(batch.Records[0].Bytes.Span);
                stamps.Add(reader.Stamp);
                var text = new StringBuilder();
                while (reader.TryRead(out var sample))
                    text.Append(' ').Append(Encoding.UTF8.GetString(sample.Name)).Append('=').Append(sample.Value.ToString());
                texts.Add(text.ToString().Trim());
                batch.Acknowledge(batch.Items);
            }

            AssertBalanced();
            return texts;
        }

        public void AssertBalanced()
        {
            foreach (var ledger in Outbox.Ledgers())
                Assert.Equal(ledger.Reported, ledger.Acknowledged + ledger.Pending + ledger.Filtered + ledger.DroppedInAll);
        }

        private void Report(PointValue[] report)
        {
            Do(() => Intake.ReportAsync(Source, report, CancellationToken.None).AsTask());
            AssertBalanced();
        }

        public async ValueTask DisposeAsync()
        {
            _thread.Do(_stop.Cancel);
            await _running.OrFail("the intake stops");
            _stop.Dispose();
            await Outbox.DisposeAsync();
        }
    }

    /// <summary>A clock whose wall clock can be set.</summary>
    private sealed class SettableTime() : FakeTimeProvider(DateTimeOffset.UnixEpoch.AddYears(56))
    {
        public TimeSpan Step { get; set; }

        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Step;

        public override long GetTimestamp() => base.GetUtcNow().Ticks;
    }
}
