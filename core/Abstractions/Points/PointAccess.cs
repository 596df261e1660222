namespace BridgeFramework;

/// <summary>What may be done with a point.</summary>
public enum PointAccess
{
    /// <summary>It is read and reported; a write is refused.</summary>
    Read,

    /// <summary>It is read, reported, and may be written.</summary>
    ReadWrite,

    /// <summary>It may be written and is never polled.</summary>
    Write,
}
