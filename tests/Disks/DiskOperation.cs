namespace BridgeFramework.Disks;

/// <summary>What is asked of a disk.</summary>
public enum DiskOperation
{
    Read,
    Create,
    Write,
    Truncate,
    Sync,
    Rename,
    Delete,
    MakeFolder,
    RemoveFolder,
    SyncFolder,
}
