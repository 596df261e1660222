namespace BridgeFramework.Runtime.Tests;

/// <summary>What happens to a gateway in the field: presence, channels, console, connection, at random.</summary>
internal sealed class SubDeviceHistory(Simulation simulation, IReadOnlyList<SubDeviceId> ids, Random random)
{
    private readonly Dictionary<SubDeviceId, Presence> _presence = ids.ToDictionary(id => id, _ => Presence.Unknown);
    private readonly HashSet<SubDeviceId> _unboundThere = [];
    private readonly Dictionary<SubDeviceId, string> _versions = [];
    private bool _isOver;

    public int Connections { get; private set; }
    public int PresenceChanges { get; private set; }
    public int TopologyChanges { get; private set; }
    public int VersionsSaid { get; private set; }

    /// <summary>Sub-devices that a list left out, so that they are asked about.</summary>
    public int Asked { get; private set; }

    public bool IsPresent(SubDeviceId id) => _presence[id] == Presence.Present;

    public bool WasUnboundThere(SubDeviceId id) => _unboundThere.Contains(id);

    /// <summary>What its driver said last; null if nothing.</summary>
    public string? VersionOf(SubDeviceId id) => _versions.GetValueOrDefault(id);

    public void Begin()
    {
        foreach (var id in ids) if (random.Next(2) == 0) SayVersion(id);
        foreach (var id in ids) Say(id, random.Next(4) > 0 ? Presence.Present : Presence.Absent);
        Connect();
    }

    /// <summary>One more thing happens.</summary>
    public void Happen()
    {
        switch (random.Next(1000))
        {
            case < 5: Lose(forgets: false); break;
            case < 7: Lose(forgets: true); break;
            case < 12: Flap(Any()); break;
            case < 15: RestartChannel(); break;
            case < 40: Change(Any(), isBound: random.Next(3) > 0); break;
            case < 41:
                foreach (var id in ids.Skip(random.Next(Count)).Take(100)) Change(id, isBound: false);
                break;
            case < 43: MissNotifications(); break;
            case < 45: simulation.Time.Jump(TimeSpan.FromDays((random.NextDouble() * 4) - 2)); break;
            case < 100: SayVersion(Any()); break;
            default: Say(Any(), random.Next(2) == 0 ? Presence.Present : Presence.Absent); break;
        }
    }

    /// <summary>Quiet at last: every channel knows, and the connection is new.</summary>
    public void End()
    {
        _isOver = true;
        foreach (var id in ids.Where(id => _presence[id] == Presence.Unknown)) Say(id, Presence.Present);
        simulation.Disconnect();
        Connect();
    }

    private int Count => ids.Count;

    private SubDeviceId Any() => ids[random.Next(ids.Count)];

    private void Say(SubDeviceId id, Presence presence)
    {
        if (_presence[id] != presence) PresenceChanges++;
        _presence[id] = presence;
        simulation.SetPresence(id, presence);
    }

    private void SayVersion(SubDeviceId id)
    {
        VersionsSaid++;
        _versions[id] = $"1.{random.Next(3)}";
        simulation.SetFirmwareVersion(id, _versions[id]);
    }

    private void Connect()
    {
        if (simulation.Hub.IsUp) return;
        Connections++;
        simulation.Connect();
    }

    private void Lose(bool forgets)
    {
        if (!simulation.Hub.IsUp) return;
        simulation.Disconnect(forgets);
        Later(random.Next(1, 300), Connect);
    }

    private void Flap(SubDeviceId id)
    {
        for (int i = 0; i < 20; i++)
        {
            var presence = i % 2 == 0 ? Presence.Absent : Presence.Present;
            Later(i * random.NextDouble(), () => Say(id, presence));
        }
    }

    private void RestartChannel()
    {
        foreach (var id in ids.Skip(random.Next(Count)).Take(100))
        {
            Say(id, Presence.Unknown);
            Later(random.Next(1, 90), () => Say(id, Presence.Present));
        }
    }

    private void Change(SubDeviceId id, bool isBound)
    {
        TopologyChanges++;
        if (isBound) _unboundThere.Remove(id);
        else _unboundThere.Add(id);
        simulation.Hub.Change(id, isBound);
    }

    /// <summary>What the console did for a while is not heard; then a list is asked for, of which a part comes.</summary>
    private void MissNotifications()
    {
        if (!simulation.Hub.IsUp) return;
        simulation.Hub.Changed = null;
        for (int i = 0; i < 10; i++) Change(Any(), isBound: random.Next(2) == 0);
        Later(1, () =>
        {
            simulation.Hub.Changed = simulation.Reconciler.TopologyChanged;
            if (!simulation.Hub.IsUp) return;
            var listed = simulation.Hub.Bound.Take(300).ToHashSet();
            Asked += Count - listed.Count;
            TopologyChanges += listed.Count;
            simulation.Reconciler.NotificationsMissed(listed);
        });
    }

    private void Later(double seconds, Action action) => simulation.Time.After(TimeSpan.FromSeconds(seconds), () =>
    {
        if (!_isOver) action();
    });
}
