namespace BridgeFramework.Outbox;

/// <summary>What a frame of a segment says.</summary>
/// <remarks>A number that was used is not used again: those of the format without epochs are still read.</remarks>
internal enum FrameKind : byte
{
    /// <summary>How all lanes and owners stood when the segment began; its first frame.</summary>
    Snapshot = 1,

    /// <summary>A record was added, before there were epochs.</summary>
    AppendWithoutEpoch = 2,

    /// <summary>The front of a lane has arrived; of how many items in all it does not say.</summary>
    AcknowledgedWithoutTotal = 3,

    /// <summary>The front of a lane was given up; of how many items in all it does not say.</summary>
    DroppedWithoutTotal = 4,

    /// <summary>How an owner's account stands.</summary>
    Account = 5,

    /// <summary>The outbox was closed in good order.</summary>
    Closed = 7,

    /// <summary>A record was added.</summary>
    Append = 8,

    /// <summary>The front of a lane has arrived.</summary>
    Acknowledged = 9,

    /// <summary>The front of a lane was given up.</summary>
    Dropped = 10,

    /// <summary>What the segment holds, by lane; its last frame once it is sealed.</summary>
    Footer = 11,

    /// <summary>How all lanes and owners stood, in the table beside the segments.</summary>
    Table = 12,

    /// <summary>An owner has left. That it is back a snapshot says.</summary>
    Left = 13,
}
