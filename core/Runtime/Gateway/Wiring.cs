using System.Collections.Frozen;
using BridgeFramework.Configuration;
using BridgeFramework.Outbox;

namespace BridgeFramework.Runtime;

/// <summary>The look-up tables of the plan in force and of the sub-devices that leave: immutable, swapped as one.</summary>
internal sealed class Wiring
{
    private readonly FrozenDictionary<string, FullPolicy> _policies;

    /// <param name="plan">The plan in force.</param>
    /// <param name="leaving">The sub-devices that it does not name, and of which something still waits.</param>
    /// <param name="routes">Makes the routes of sub-devices.</param>
    public Wiring(GatewayPlan plan, IReadOnlyCollection<LeavingSubDevice> leaving, UplinkRoutes routes)
    {
        Routes = routes.Of(plan.SubDevices.Select(device => (device.Id, device.Profile))
            .Concat(leaving.Select(device => (device.Id, device.Profile))));
        _policies = plan.SubDevices.Where(device => device.WhenFull != default)
            .ToFrozenDictionary(device => device.Id.ToString(), device => device.WhenFull, StringComparer.Ordinal);
    }

    /// <summary>How messages of sub-devices look and where they go, by owner in the outbox. Of an owner without a route something may wait
    /// that an earlier gateway left: nobody knows any more how to say it.</summary>
    public FrozenDictionary<string, UplinkRoute> Routes { get; }

    /// <summary>What is given up when no more of an owner may wait.</summary>
    public WhenFull WhenFullOf(string owner) =>
        _policies.GetValueOrDefault(owner) == FullPolicy.DropNewest ? WhenFull.DropNewest : WhenFull.DropOldest;
}
