using System.Text;
using System.Text.Json;
using BridgeFramework.Configuration;
using BridgeFramework.Outbox;
using Microsoft.Extensions.Time.Testing;

namespace BridgeFramework.Runtime.Tests;

/// <summary>An intake for a device with the points p, q and r under a policy, and one without.</summary>
internal sealed class IntakeBench : IAsyncDisposable
{
    public const string Owner = "P/a";
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(100);
    private static readonly string[] Names = ["p", "q", "r", "free"];
    private readonly SingleThread _thread = new();
    private readonly SettableTime _time = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly Dictionary<string, PointDefinition> _points;
    private Task _running = Task.CompletedTask;

    public IntakeBench(ReportSettings report, OutboxOptions? options = null)
    {
        Outbox = TestUplink.Outbox(options);
        Outbox.AddOwners([Owner]);
        Clock = TestUplink.Clock(_time);
        Intake = new UplinkIntake(Outbox, Clock, [Plan(report)], TestUplink.BadInterval, _time);
        _points = Names.ToDictionary(name => name, name => new PointDefinition { Name = name, At = name }, StringComparer.Ordinal);
        Source = null!; // set by the next
        TakeSource();
        Do(() => _running = Intake.RunAsync(_stop.Token));
    }

    public LaneOutbox Outbox { get; }
    public BootTimes Clock { get; }
    public UplinkIntake Intake { get; }
    public UplinkSource Source { get; private set; }
    public OwnerLedger Ledger => Assert.Single(Outbox.Ledgers());

    /// <summary>The device with the points p, q and r under a policy, and one without.</summary>
    public static SubDevicePlan Plan(ReportSettings report) => TestUplink.Device(Owner, [.. Names.Select(name => new PointPlan
    {
        Name = name,
        At = JsonElement.Parse("0"),
        Report = string.Equals(name, "free", StringComparison.Ordinal) ? null : report,
    })]);

    /// <summary>Has other sub-devices report from now on.</summary>
    public void Apply(params SubDevicePlan[] devices) => Apply(TestUplink.BadInterval, devices);

    public void Apply(TimeSpan badInterval, params SubDevicePlan[] devices)
    {
        Do(() => Intake.ApplyAsync(devices, badInterval).AsTask());
        AssertBalanced();
    }

    /// <summary>Reports from now on as a new run of the channel does.</summary>
    public void TakeSource()
    {
        Source = Intake.SourceOf(SubDeviceId.Parse(Owner));
        Source.SetPoints([.. _points.Values]);
    }

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

    /// <summary>A clock whose wall clock can be set.</summary>
    private sealed class SettableTime() : FakeTimeProvider(DateTimeOffset.UnixEpoch.AddYears(56))
    {
        public TimeSpan Step { get; set; }

        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Step;

        public override long GetTimestamp() => base.GetUtcNow().Ticks;
    }
}
