namespace BridgeFramework.Runtime;

/// <summary>How the way of the commands stands at one moment.</summary>
public sealed record DownlinkStatus
{
    /// <summary>Commands that wait for their turn.</summary>
    public int CommandsWaiting { get; init; }

    /// <summary>Commands that a driver was asked to carry out, or is about to be.</summary>
    public int CommandsUnderWay { get; init; }

    /// <summary>Replies that the hub does not have yet. They outlive restarts.</summary>
    public int RepliesWaiting { get; init; }

    /// <summary>Lines of the journal that could not be read at the start; what they said is not known.</summary>
    public int DamagedLines { get; init; }

    /// <summary>Why the journal cannot be used now, so that no command is carried out; <see langword="null"/> while it can.</summary>
    public string? Trouble { get; init; }
}
