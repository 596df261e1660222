namespace BridgeFramework;

/// <summary>Whether a value can be used and, if not, why. A closed list: it is on the wire and in the ledger.</summary>
public enum Quality : byte
{
    /// <summary>The value can be used.</summary>
    Good = 0,

    /// <summary>The device did not answer in time.</summary>
    Timeout = 1,

    /// <summary>The way to the device is down: no connection, no port.</summary>
    LinkDown = 2,

    /// <summary>The device refused this point: no such address, no permission.</summary>
    Refused = 3,

    /// <summary>The device says it has a fault, or is busy.</summary>
    DeviceFault = 4,

    /// <summary>The device answered, but not with a value: not a number, a sentinel, an impossible digit.</summary>
    Invalid = 5,
}
