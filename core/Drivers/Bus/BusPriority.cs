namespace BridgeFramework.Drivers;

/// <summary>Who goes first on a line.</summary>
public enum BusPriority
{
    /// <summary>Writes and reads that somebody waits for.</summary>
    Command,

    /// <summary>Blocks of a transfer, such as a firmware image.</summary>
    Transfer,

    /// <summary>Polls.</summary>
    Poll,
}
