using BridgeFramework.Configuration;
using BridgeFramework.Outbox;

namespace BridgeFramework.Runtime;

/// <summary>One sub-device as it reports: its owner in the outbox, and the policy that says which of its values go to the cloud.</summary>
/// <remarks>It outlives the runs of its channel.</remarks>
/// <param name="device">The sub-device.</param>
/// <param name="badInterval">When the same bad quality of a point goes again; zero: as often as it is reported.</param>
internal sealed class UplinkSource(SubDevicePlan device, TimeSpan badInterval)
{
    private readonly Lock _gate = new();
    private readonly ReportPolicy? _policy = ReportPolicy.Create(device.Points, badInterval);

    /// <summary>The owner of its lanes.</summary>
    public string Owner { get; } = device.Id.ToString();

    /// <summary>Whether some values may be sent later.</summary>
    public bool HoldsBack => _policy is { HoldsBack: true };

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
        lock (_gate) return _policy.LetsAllGo(values);
    }

    /// <summary>Picks what is to be sent; see <see cref="ReportPolicy.Filter"/>.</summary>
    public int Filter(ReadOnlySpan<PointValue> values, long now, Span<PointValue> keep)
    {
        lock (_gate) return _policy!.Filter(values, now, keep); // only called where there is one
    }

    /// <summary>Fetches what is due by now; see <see cref="ReportPolicy.TakeDue"/>.</summary>
    public int TakeDue(long now, Span<DueValue> due)
    {
        lock (_gate) return _policy is { NextDue: { } next } && next <= now ? _policy.TakeDue(now, due) : 0;
    }

    /// <summary>What became of values that were to be sent.</summary>
    public void Settled(ReadOnlySpan<PointValue> sent, AppendResult result, long now)
    {
        if (_policy is null) return;
        lock (_gate)
        {
            if (result.IsTaken) _policy.Accepted(sent, result.Kind, result.FirstSequence, now);
            else _policy.Refused(sent, now);
        }
    }

    /// <summary>Values that were to be sent did not come into the outbox.</summary>
    public void Lost(ReadOnlySpan<PointValue> values, long now)
    {
        if (_policy is null) return;
        lock (_gate) _policy.Refused(values, now);
    }

    /// <summary>Values that had been accepted were dropped.</summary>
    public void Dropped(OutboxDrop drop, long now)
    {
        if (_policy is null) return;
        lock (_gate) _policy.Dropped(drop.Lane.Kind, drop.FirstSequence, drop.Items, now);
    }
}
