namespace BridgeFramework.IotHubEmulator;

/// <summary>Why the hub's console could not do what was asked.</summary>
public enum HubRefusal
{
    /// <summary>There is no such device.</summary>
    UnknownDevice,

    /// <summary>The device exists but is in the wrong state: not connected, not subscribed, not bound, not of that kind.</summary>
    WrongState,

    /// <summary>A value is out of range.</summary>
    BadRequest,

    /// <summary>A page of somebody else asks.</summary>
    Forbidden,
}

/// <summary>The hub's console could not do what was asked; the message says why.</summary>
public sealed class HubRefusedException(HubRefusal refusal, string message) : Exception(message)
{
    /// <summary>The kind of refusal.</summary>
    public HubRefusal Refusal { get; } = refusal;

    internal static HubRefusedException Unknown(HubDeviceId device) =>
        new(HubRefusal.UnknownDevice, $"There is no device {device} of that kind on this hub.");
}
