using System.Runtime.InteropServices;
using System.Text;

namespace BridgeFramework.Runtime;

/// <summary>Makes the names in a folder outlive a loss of power. .NET opens no folder, so this asks the C library.</summary>
internal static class FolderSync
{
    private const int ReadOnly = 0; // O_RDONLY, the same on Linux and macOS
    private const int InvalidArgument = 22; // EINVAL: this file system syncs no folders

    /// <summary>Syncs a folder; does nothing on Windows, where a rename is journalled by the file system.</summary>
    /// <exception cref="IOException">The disk did not do it.</exception>
    public static void Sync(string folder)
    {
        if (OperatingSystem.IsWindows()) return;
        int descriptor = Open(Encoding.UTF8.GetBytes(folder + '\0'), ReadOnly);
        if (descriptor < 0) throw new IOException($"Folder {folder} cannot be opened: error {Marshal.GetLastPInvokeError()}.");
        try
        {
            if (Sync(descriptor) != 0 && Marshal.GetLastPInvokeError() is not InvalidArgument and var error)
                throw new IOException($"Folder {folder} cannot be synced to the disk: error {error}.");
        }
        finally
        {
            _ = Close(descriptor);
        }
    }

    [DllImport("libc", EntryPoint = "open", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Open(byte[] path, int flags);

    [DllImport("libc", EntryPoint = "fsync", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Sync(int descriptor);

    [DllImport("libc", EntryPoint = "close", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Close(int descriptor);
}
