namespace BridgeFramework.Files;

/// <summary>What a file is opened for.</summary>
public enum DiskAccess
{
    /// <summary>To read a file that is there.</summary>
    Read,

    /// <summary>To read and write a file that is there.</summary>
    ReadWrite,

    /// <summary>To make a file that is not there yet, for its owner alone.</summary>
    Create,
}
