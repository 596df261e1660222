namespace BridgeFramework.Outbox;

/// <summary>What a frame of a segment says.</summary>
internal enum FrameKind : byte
{
    /// <summary>How all lanes and owners stood when the segment began; its first frame.</summary>
    Snapshot = 1,

    /// <summary>A record was added.</summary>
    Append = 2,

    /// <summary>The front of a lane has arrived.</summary>
    Acknowledged = 3,

    /// <summary>The front of a lane was given up.</summary>
    Dropped = 4,

    /// <summary>How an owner's account stands.</summary>
    Account = 5,

    /// <summary>What the segment holds, by lane; its last frame once it is sealed.</summary>
    Footer = 6,

    /// <summary>The outbox was closed in good order.</summary>
    Closed = 7,
}
