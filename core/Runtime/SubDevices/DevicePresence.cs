namespace BridgeFramework.Runtime;

/// <summary>Whether one sub-device is there: what its channel says, and what an operator has ordered, which counts in its place.</summary>
/// <remarks>It is held here and nowhere else. Used under one lock.</remarks>
internal sealed class DevicePresence
{
    /// <summary>What its channel says, whatever counts.</summary>
    public Presence Seen { get; private set; }

    /// <summary>Why its channel says so, in words.</summary>
    public string? SeenReason { get; private set; }

    /// <summary>The order that holds.</summary>
    public ManualOverride Held { get; private set; }

    /// <summary>What counts, and why, in words.</summary>
    public (Presence Presence, string? Reason) Effective => Held switch
    {
        ManualOverride.Online => (Presence.Present, "held online by hand"),
        ManualOverride.Offline => (Presence.Absent, "held offline by hand"),
        ManualOverride.Unbound => (Presence.Absent, "unbound by hand"),
        _ => (Seen, SeenReason),
    };

    /// <summary>The channel says something of it.</summary>
    public void See(Presence presence, string? reason)
    {
        (Seen, SeenReason) = (presence, reason);
        // From here on the channel knows better than the operator.
        if (presence == Presence.Present && Held == ManualOverride.Online) Held = ManualOverride.None;
    }

    /// <summary>Puts an order in force; <see cref="ManualOverride.None"/> gives the sub-device back to its channel.</summary>
    public void Hold(ManualOverride held) =>
        Held = held == ManualOverride.Online && Seen == Presence.Present ? ManualOverride.None : held;
}
