namespace BridgeFramework.Testing;

/// <summary>One call of <see cref="IChannel.ReportEventAsync"/>.</summary>
/// <param name="Device">The sub-device.</param>
/// <param name="Event">What happened.</param>
public sealed record ReportedEvent(SubDevice Device, DeviceEvent Event);
