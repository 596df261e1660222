namespace BridgeFramework.Testing;

/// <summary>One call of <see cref="IChannel.SetPresence"/>.</summary>
/// <param name="Device">The sub-device.</param>
/// <param name="Presence">What was said.</param>
/// <param name="Reason">Why.</param>
public sealed record PresenceChange(SubDevice Device, Presence Presence, string? Reason);
