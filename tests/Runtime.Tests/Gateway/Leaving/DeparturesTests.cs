using BridgeFramework.Configuration;
using Microsoft.Extensions.Logging.Abstractions;

namespace BridgeFramework.Runtime.Tests;

/// <summary>Sub-devices that leave, in simulated time and on one thread.</summary>
public sealed class DeparturesTests : IDisposable
{
    private static readonly SubDeviceId Meter = SubDeviceId.Parse("P/m1");
    private static readonly SubDeviceId Other = SubDeviceId.Parse("P/m2");
    private readonly SingleThread _thread = new();
    private readonly SimulatedTime _time = new();
    private readonly Steps _steps = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly LeavingBook _book = new(file: null, NullLogger<LeavingBook>.Instance);
    private readonly Departures _departures;
    private TimeSpan _leaveFor = TimeSpan.FromMinutes(10);

    public DeparturesTests()
    {
        _departures = new Departures(_book, _steps, () => _leaveFor, _time, NullLogger<Departures>.Instance);
        _thread.Do(() => _ = _departures.RunAsync(_stop.Token));
    }

    public void Dispose()
    {
        _thread.Do(_stop.Cancel);
        _stop.Dispose();
        _departures.Dispose();
    }

    [Fact]
    public void One_that_has_nothing_to_send_leaves_at_once()
    {
        Leave(Meter);

        Assert.Equal(["give up P/m1", "part P/m1", "forget P/m1"], Run(TimeSpan.FromSeconds(1)));
        Assert.Empty(_departures.All);
    }

    [Fact]
    public void One_that_has_something_to_send_leaves_when_it_is_sent()
    {
        _steps.Pending.Add(Meter);
        Leave(Meter, Other);

        Assert.DoesNotContain(Run(TimeSpan.FromMinutes(9)), done => done is "part P/m1");
        Assert.Equal(Meter, Assert.Single(_departures.All).Id);
        _steps.Pending.Clear();
        Assert.Equal(["give up P/m1", "part P/m1", "forget P/m1"], Run(TimeSpan.FromSeconds(2)));
    }

    [Fact]
    public void What_is_not_sent_in_time_is_given_up_and_only_time_with_a_connection_counts()
    {
        _steps.Pending.Add(Meter);
        Leave(Meter);

        _steps.IsConnected = false;
        Assert.Empty(Run(TimeSpan.FromDays(3)));
        _steps.IsConnected = true;
        Assert.Empty(Run(TimeSpan.FromMinutes(10) - TimeSpan.FromSeconds(1)));
        Assert.Equal(["give up P/m1", "part P/m1", "forget P/m1"], Run(TimeSpan.FromSeconds(3)));
    }

    [Fact]
    public void With_no_time_to_leave_everything_is_given_up()
    {
        _leaveFor = TimeSpan.Zero;
        _steps.Pending.Add(Meter);
        Leave(Meter);

        Assert.Equal(["give up P/m1", "part P/m1", "forget P/m1"], Run(TimeSpan.FromSeconds(1)));
    }

    [Fact]
    public void One_that_could_not_be_taken_offline_is_tried_again()
    {
        _steps.Parted = new TaskCompletionSource<bool>();
        Leave(Meter);
        Assert.Equal(["give up P/m1", "part P/m1"], Run(TimeSpan.FromSeconds(30)));

        _thread.Do(() => _steps.Parted.SetResult(false));
        _steps.Parted = null;
        Assert.Equal(["give up P/m1", "part P/m1", "forget P/m1"], Run(TimeSpan.FromSeconds(3)));
    }

    [Fact]
    public void One_that_is_named_again_does_not_leave_and_can_leave_later()
    {
        var first = _steps.Parted = new TaskCompletionSource<bool>();
        Leave(Meter);
        Run(TimeSpan.FromSeconds(5));

        Leave();
        _thread.Do(() => first.SetResult(true));
        Assert.Empty(Run(TimeSpan.FromMinutes(1)));

        _steps.Parted = null;
        Leave(Meter);
        Assert.Equal(["give up P/m1", "part P/m1", "forget P/m1"], Run(TimeSpan.FromSeconds(1)));
    }

    [Fact]
    public void Nobody_goes_on_while_it_changes_who_leaves()
    {
        Leave(Meter);
        var applied = new TaskCompletionSource();
        _thread.Do(() => _ = _departures.ChangeAsync(leaving => [.. leaving.Values, Of(Other)], _ => applied.Task));

        Assert.DoesNotContain(Run(TimeSpan.FromMinutes(1)), done => done is "forget P/m1" or "part P/m2");
    }

    private static LeavingSubDevice Of(SubDeviceId id) => new(id, new ProfileSettings(), TimeSpan.Zero);

    private void Leave(params SubDeviceId[] ids) =>
        _thread.Do(() => _ = _departures.ChangeAsync(_ => ids.Select(Of), _ => Task.CompletedTask));

    /// <returns>What was done since the last run.</returns>
    private string[] Run(TimeSpan time)
    {
        var end = _time.Now + time;
        bool more = true;
        while (more) _thread.Do(() => more = _time.TryStep(end));
        string[] done = [.. _steps.Done];
        _steps.Done.Clear();
        return done;
    }

    private sealed class Steps : IDepartureSteps
    {
        public bool IsConnected { get; set; } = true;

        public HashSet<SubDeviceId> Pending { get; } = [];

        public List<string> Done { get; } = [];

        public TaskCompletionSource<bool>? Parted { get; set; }

        public bool HasPending(SubDeviceId id) => Pending.Contains(id);

        public void GiveUp(SubDeviceId id) => Done.Add($"give up {id}");

        public Task<bool> PartAsync(SubDeviceId id)
        {
            Done.Add($"part {id}");
            return Parted?.Task ?? Task.FromResult(true);
        }

        public void Forget(SubDeviceId id, IReadOnlyCollection<LeavingSubDevice> others) => Done.Add($"forget {id}");
    }
}
