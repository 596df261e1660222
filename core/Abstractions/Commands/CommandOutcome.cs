namespace BridgeFramework;

/// <summary>What became of a command or a part of one. A closed list: it is on the wire.</summary>
public enum CommandOutcome
{
    /// <summary>It was carried out, as far as the protocol can tell.</summary>
    Done,

    /// <summary>It was not carried out: out of range, read-only, unknown, or the device said no.</summary>
    Refused,

    /// <summary>No answer in time; it may or may not have been carried out.</summary>
    TimedOut,

    /// <summary>It was not carried out: the device is not there.</summary>
    Absent,

    /// <summary>It is not known whether it was carried out.</summary>
    Unknown,
}
