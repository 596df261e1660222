using BridgeFramework.Configuration;

namespace BridgeFramework.Runtime;

/// <summary>Brings the channels of a gateway from one plan to the next and disturbs no other channel: first what ends, then, when all else
/// of the plan is in force, what begins.</summary>
/// <remarks>
/// A channel whose own settings differ starts anew. One of which only sub-devices differ goes on where its driver is
/// <see cref="ILiveDevices"/>, and starts anew where it is not. What no driver sees, such as the topics of a product, concerns none.
/// </remarks>
internal sealed class ChannelChanges
{
    private readonly GatewayChannels _channels;
    private readonly GatewayPlan _next;
    private readonly IReadOnlyList<ChannelTurn> _turns;
    private IReadOnlyList<ChannelSupervisor> _added = [];

    /// <param name="channels">The channels.</param>
    /// <param name="from">The plan in force.</param>
    /// <param name="next">The one that is to be.</param>
    /// <param name="diff">What differs between the two.</param>
    public ChannelChanges(GatewayChannels channels, GatewayPlan from, GatewayPlan next, PlanDiff diff)
    {
        (_channels, _next) = (channels, next);
        var plans = next.Channels.ToDictionary(channel => channel.Name, StringComparer.Ordinal);
        var starts = diff.Channels.Select(change => change.Name).ToHashSet(StringComparer.Ordinal);
        var (gone, brought) = (PlacesOf(from, diff, change => change.Change != PlanChange.Added), PlacesOf(
            next, diff, change => change.Change != PlanChange.Removed));
        _turns =
        [
            .. channels.All.Select(channel => new ChannelTurn(
                channel, plans.GetValueOrDefault(channel.Plan.Name), starts.Contains(channel.Plan.Name), gone[channel.Plan.Name],
                brought[channel.Plan.Name])),
        ];
    }

    /// <summary>The channels that are to start anew, as it looks now.</summary>
    public IReadOnlyList<string> Expected => [.. _turns.Where(turn => turn.MustStartAnew).Select(turn => turn.Name)];

    /// <summary>The channels that have started anew.</summary>
    public IReadOnlyList<string> Restarted => [.. _turns.Where(turn => turn.IsHeld).Select(turn => turn.Name)];

    /// <summary>Ends channels that the next plan has no more or has otherwise, and takes sub-devices away from drivers that go
    /// on. When this has ended, no driver reports for a sub-device that leaves or moves.</summary>
    public Task EndAsync(CancellationToken cancellationToken) =>
        Task.WhenAll(_turns.Select(turn => turn.EndAsync(_channels, cancellationToken)));

    /// <summary>From now on the gateway has the channels of the next plan. What is new does not run yet.</summary>
    public void Take() => _added = _channels.Take(_next.Channels);

    /// <summary>Begins what the next plan has and the one before had not.</summary>
    public async Task BeginAsync(CancellationToken cancellationToken)
    {
        await Task.WhenAll(_turns.Select(turn => turn.BeginAsync(cancellationToken)));
        foreach (var channel in _added) _channels.Start(channel);
    }

    private static ILookup<string, SubDevicePlan> PlacesOf(GatewayPlan plan, PlanDiff diff, Func<SubDeviceChange, bool> isThere)
    {
        var changed = diff.SubDevices.Where(change => ConcernsDriver(change) && isThere(change)).Select(change => change.Id).ToHashSet();
        return plan.Channels.SelectMany(channel => channel.Devices, (channel, device) => (channel.Name, Device: device))
            .Where(place => changed.Contains(place.Device.Id)).ToLookup(place => place.Name, place => place.Device, StringComparer.Ordinal);
    }

    /// <summary>Whether a driver sees the difference.</summary>
    private static bool ConcernsDriver(SubDeviceChange change) =>
        change.Change != PlanChange.Changed || change.MovesFrom is not null || change.Settings.Any(setting => IsOfDriver(setting.Path));

    private static bool IsOfDriver(string path) => path.Split('.') switch
    {
        ["points", _, "report", ..] => false, // of a point's settings the only one that is the gateway's alone
        ["settings" or "points", ..] => true,
        _ => false,
    };
}
