using BridgeFramework.Drivers;

namespace BridgeFramework.Modbus;

/// <summary>How a unit stands: whether it answers, and what was said of it. Outlives changes of its points and settings.</summary>
/// <remarks>What is learnt of a unit may be learnt by a request of before a change: it is said of the unit as it is now. Safe to use from
/// any thread.</remarks>
internal sealed class UnitStanding(int offlineAfter)
{
    // Held while the channel is told: of a unit that has changed or left nothing must be said afterwards.
    private readonly Lock _saying = new();
    private volatile PolledUnit? _unit;
    private volatile bool _isHeld;
    private volatile Presence _presence;

    /// <summary>The unit as it is now; <see langword="null"/> when it has left.</summary>
    public PolledUnit? Unit => _unit;

    public UnitHealth Health { get; } = new(offlineAfter, UnitHealth.DefaultProbes);

    /// <summary>What was last said of its presence.</summary>
    public Presence Presence => _presence;

    /// <summary>Whether it is left alone by polls, because it is given firmware; what it does then says nothing of its presence.</summary>
    public bool IsHeld
    {
        get => _isHeld;
        set => _isHeld = value;
    }

    /// <summary>The unit comes, changes or, by <see langword="null"/>, leaves.</summary>
    public void Become(PolledUnit? unit)
    {
        lock (_saying) _unit = unit;
        if (unit is not null) Health.OfflineAfter = unit.Settings.OfflineAfter;
    }

    /// <summary>Says whether the unit is there.</summary>
    /// <returns>Whether that is news.</returns>
    public bool SayPresence(IChannel channel, Presence presence, string? reason)
    {
        lock (_saying)
        {
            if (_unit is not { Device: var device } || _isHeld || _presence == presence) return false;
            _presence = presence;
            channel.SetPresence(device, presence, reason);
            return true;
        }
    }

    /// <summary>Says which firmware the unit runs.</summary>
    public void SayVersion(IChannel channel, string version)
    {
        lock (_saying)
            if (_unit is { Device: var device }) channel.SetFirmwareVersion(device, version);
    }
}
