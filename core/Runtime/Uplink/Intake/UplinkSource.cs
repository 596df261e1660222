using BridgeFramework.Configuration;
using BridgeFramework.Outbox;

namespace BridgeFramework.Runtime;

/// <summary>One sub-device as it reports: its owner in the outbox, and the policy that says which of its values go to the cloud.</summary>
/// <remarks>It outlives the runs of its channel, and changes of the plan that do not concern it.</remarks>
/// <param name="device">The sub-device.</param>
/// <param name="badInterval">When the same bad quality of a point goes again; zero: as often as it is reported.</param>
internal sealed class UplinkSource(SubDevicePlan device, TimeSpan badInterval)
{
    private readonly Lock _gate = new();
    private readonly (string Name, ReportSettings Report)[] _reports = ReportsOf(device);
    private readonly TimeSpan _badInterval = badInterval;
    private volatile ReportPolicy? _policy = ReportPolicy.Create(device.Points, badInterval); // null, too, once it is retired
    private volatile bool _hasLeft;

    /// <summary>The owner of its lanes.</summary>
    public string Owner { get; } = device.Id.ToString();

    /// <summary>Whether some values may be sent later.</summary>
    public bool HoldsBack => _policy is { HoldsBack: true };

    /// <summary>Whether its sub-device has left the plan: what it reports is not taken any more.</summary>
    public bool HasLeft => _hasLeft;

    /// <summary>Whether it is what a plan says of its sub-device, so that what it knows still counts.</summary>
    /// <param name="planned">The sub-device, with the same id.</param>
    /// <param name="interval">When the same bad quality of a point goes again.</param>
    public bool Fits(SubDevicePlan planned, TimeSpan interval) => interval == _badInterval && ReportsOf(planned).SequenceEqual(_reports);

    /// <summary>Ends it: from here on it neither filters nor holds back.</summary>
    /// <param name="now">The time.</param>
    /// <param name="hasLeft">Whether its sub-device has left; else another source takes its place.</param>
    /// <returns>What it has held back so far.</returns>
    public IReadOnlyList<DueValue> Retire(long now, bool hasLeft)
    {
        lock (_gate)
        {
            _hasLeft = hasLeft;
            var heldBack = _policy?.TakeHeldBack(now) ?? [];
            _policy = null;
            return heldBack;
        }
    }

    /// <summary>Says which points are in force.</summary>
    public void SetPoints(IReadOnlyList<PointDefinition> points)
    {
        lock (_gate) _policy?.SetPoints(points);
    }

    /// <summary>Lets go of the points: the run that had them is over.</summary>
    public void LetGo()
    {
        lock (_gate) _policy?.LetGo();
    }

    /// <summary>Whether all of a report is to be sent as it is; see <see cref="ReportPolicy.LetsAllGo"/>.</summary>
    public bool LetsAllGo(ReadOnlySpan<PointValue> values)
    {
        if (_policy is null) return true;
        lock (_gate) return _policy?.LetsAllGo(values) ?? true;
    }

    /// <summary>Picks what is to be sent; see <see cref="ReportPolicy.Filter"/>.</summary>
    public int Filter(ReadOnlySpan<PointValue> values, long now, Span<PointValue> keep)
    {
        lock (_gate)
            if (_policy is { } policy) return policy.Filter(values, now, keep);
        values.CopyTo(keep);
        return values.Length;
    }

    /// <summary>Fetches what is due by now; see <see cref="ReportPolicy.TakeDue"/>.</summary>
    public int TakeDue(long now, Span<DueValue> due)
    {
        lock (_gate) return _policy is { NextDue: { } next } policy && next <= now ? policy.TakeDue(now, due) : 0;
    }

    /// <summary>What became of values that were to be sent.</summary>
    public void Settled(ReadOnlySpan<PointValue> sent, AppendResult result, long now)
    {
        if (_policy is null) return;
        lock (_gate)
        {
            if (result.IsTaken) _policy?.Accepted(sent, result.Kind, result.FirstSequence, now);
            else _policy?.Refused(sent, now);
        }
    }

    /// <summary>Values that were to be sent did not come into the outbox.</summary>
    public void Lost(ReadOnlySpan<PointValue> values, long now)
    {
        if (_policy is null) return;
        lock (_gate) _policy?.Refused(values, now);
    }

    /// <summary>Values that had been accepted were dropped.</summary>
    public void Dropped(OutboxDrop drop, long now)
    {
        if (_policy is null) return;
        lock (_gate) _policy?.Dropped(drop.Lane.Kind, drop.FirstSequence, drop.Items, now);
    }

    private static (string Name, ReportSettings Report)[] ReportsOf(SubDevicePlan device) =>
        [.. device.Points.Where(point => point.Report is not null).Select(point => (point.Name, point.Report!))]; // as filtered
}
