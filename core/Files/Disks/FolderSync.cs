namespace BridgeFramework.Files;

/// <summary>Makes the names in a folder outlive a loss of power. .NET opens no folder, so this asks the C library.</summary>
internal static class FolderSync
{
    /// <summary>Syncs a folder; does nothing on Windows, where a rename is journalled by the file system.</summary>
    /// <exception cref="IOException">The disk did not do it.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder may not be read.</exception>
    public static void Sync(string folder)
    {
        if (OperatingSystem.IsWindows()) return;
        int descriptor = LibC.Open(folder, LibC.ReadOnly | LibC.CloseOnExec);
        if (descriptor < 0) throw LibC.Failure(folder, "cannot be opened to be synced");
        try
        {
            // A file system that syncs no folders says that the argument is invalid.
            if (LibC.Sync(descriptor) != 0 && !LibC.FailedWith(LibC.InvalidArgument))
                throw LibC.Failure(folder, "cannot be synced to the disk");
        }
        finally
        {
            _ = LibC.Close(descriptor);
        }
    }
}
