using System.Globalization;
using BridgeFramework.Configuration;

namespace BridgeFramework.Runtime.Tests;

/// <summary>A plan that changes at random while the gateway runs, with what its channels say: what there is, and what must be so.</summary>
internal sealed class PlanHistory : IDisposable
{
    public static readonly SubDeviceOptions Options = new() { MaxSubscriptions = SubscriptionBudget.KeptForGateway + 10 };

    private readonly Dictionary<SubDeviceId, SubDevicePlan> _all;
    private readonly Random _random;
    private readonly HashSet<SubDeviceId> _leaving = [];
    private int _changes;

    /// <param name="count">Sub-devices that the hub knows; the first half of them are in the plan at the start.</param>
    /// <param name="random">Chance.</param>
    public PlanHistory(int count, Random random)
    {
        _random = random;
        PointAccess[] kinds = [PointAccess.ReadWrite, PointAccess.Read];
        var all = Enumerable.Range(0, count)
            .Select(n => (Device: Simulation.Device($"m{n:000}", hasSecret: n % 10 != 0, kinds[n % 2]), IsBound: n % 4 != 1)).ToList();
        _all = all.ToDictionary(pair => pair.Device.Id, pair => pair.Device);
        Oracles = all.ToDictionary(
            pair => pair.Device.Id, pair => new SubDeviceOracle(pair.Device.Secret is not null, pair.IsBound));
        foreach (var oracle in Oracles.Values) oracle.Remove();
        Simulation = new Simulation(all.Take(count / 2), Options, random);
        foreach (var (device, isBound) in all.Skip(count / 2)) Simulation.Hub.Add(device.Id, isBound);
        foreach (var (device, _) in all.Take(count / 2)) Name(device.Id);
    }

    public Simulation Simulation { get; }

    public Dictionary<SubDeviceId, SubDeviceOracle> Oracles { get; }

    public HashSet<SubDeviceId> Named { get; } = [];

    /// <summary>Those that leave and are not gone yet.</summary>
    public HashSet<SubDeviceId> Leaving
    {
        get
        {
            _leaving.RemoveWhere(id => Parted.TryGetValue(id, out var parted) && parted.IsCompleted);
            return _leaving;
        }
    }

    /// <summary>Those that parted, and what became of it.</summary>
    public Dictionary<SubDeviceId, Task<bool>> Parted { get; } = [];

    public SubDevicePlan PlanOf(SubDeviceId id) => _all[id];

    public void Dispose() => Simulation.Dispose();

    /// <summary>The channel says something of one that is in the plan.</summary>
    public void Say(SubDeviceId id, bool isPresent)
    {
        if (Oracles[id].IsNamed) Oracles[id].IsPresent = isPresent;
        Simulation.SetPresence(id, isPresent ? Presence.Present : Presence.Absent);
    }

    /// <summary>Several enter the plan, leave it, or are changed in it, as one change.</summary>
    public void ChangePlan()
    {
        var added = new List<(SubDeviceId Id, bool IsBack)>();
        foreach (var id in Enumerable.Range(0, 1 + _random.Next(8)).Select(_ => Any()).Distinct().ToList())
        {
            if (Named.Contains(id) && _random.Next(3) == 0) Change(id);
            else if (Named.Contains(id)) Drop(id, isLeaving: _random.Next(4) > 0);
            else added.Add((id, Name(id)));
        }

        Apply();
        foreach (var (id, isBack) in added)
            if (isBack || _random.Next(8) > 0) Say(id, _random.Next(4) > 0); // of the others nothing is ever said
    }

    /// <summary>Several of those that leave part at last.</summary>
    public void Part()
    {
        foreach (var id in Leaving.Where(id => !Parted.ContainsKey(id) && _random.Next(2) == 0).ToList())
        {
            bool unbinds = _random.Next(2) == 0;
            Oracles[id].Part(unbinds);
            Parted[id] = Simulation.Reconciler.LeaveAsync(id, unbinds);
        }
    }

    public void Reconnect()
    {
        Simulation.Disconnect();
        foreach (var oracle in Oracles.Values) oracle.NewConnection();
        if (_random.Next(2) == 0) ChangePlan();
        Simulation.Connect();
    }

    /// <summary>The gateway is started anew; those that leave go on doing so.</summary>
    public void Restart()
    {
        Apply();
        Simulation.Restart(Simulation.Bindings);
        foreach (var oracle in Oracles.Values) oracle.NewConnection();
        foreach (var id in Named) Say(id, _random.Next(2) == 0);
        foreach (var id in Leaving) Oracles[id].IsPresent = true;
        Simulation.Connect();
    }

    /// <summary>Somebody binds or unbinds in the console.</summary>
    public void ChangeThere()
    {
        for (int i = _random.Next(5); i >= 0; i--)
        {
            var id = Any();
            // Of one that leaves and never was bound nothing is kept.
            if (!Named.Contains(id) && (!Leaving.Contains(id) || Simulation.Bindings.Of(id) == KnownBinding.Never)) continue;
            bool isBound = _random.Next(2) == 0;
            Oracles[id].Change(isBound);
            Simulation.Hub.Change(id, isBound);
        }
    }

    public void ChangePresences()
    {
        for (int i = _random.Next(30); i >= 0; i--) Say(Any(), _random.Next(2) == 0);
    }

    private SubDeviceId Any() => _all.Keys.ElementAt(_random.Next(_all.Count));

    private void Apply() => Simulation.Apply([.. Named.Select(PlanOf)], [.. Leaving]);

    /// <returns>Whether it was leaving.</returns>
    private bool Name(SubDeviceId id)
    {
        bool isBack = Leaving.Remove(id);
        Oracles[id].Name(isBack);
        Parted.Remove(id);
        Named.Add(id);
        return isBack;
    }

    private void Drop(SubDeviceId id, bool isLeaving)
    {
        Named.Remove(id);
        if (!isLeaving)
        {
            Oracles[id].Remove();
            return;
        }

        Oracles[id].Leave();
        Leaving.Add(id);
    }

    private void Change(SubDeviceId id)
    {
        string change = (++_changes).ToString(CultureInfo.InvariantCulture);
        var before = _all[id];
        var after = _random.Next(3) switch
        {
            0 => before with { DeviceType = change },
            1 => before with { Profile = before.Profile with { Down = "topic" + change } },
            _ => before.Secret is null ? before : before with { Secret = new Secret(change) },
        };
        if (!Equals(after.Secret, before.Secret)) Oracles[id].ChangeSecret();
        _all[id] = after;
    }
}
