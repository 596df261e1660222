using BridgeFramework.Files;

namespace BridgeFramework.Runtime;

/// <summary>A gateway's claim on its data folder: while it is held, no other gateway can have it. Ends with
/// the process, however that ends.</summary>
internal sealed class DataFolder : IDisposable
{
    private const string LockName = "bridge.lock";
    private const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private readonly FolderLock _lock;

    private DataFolder(string path, FolderLock held) => (Path, _lock) = (path, held);

    public string Path { get; }

    /// <summary>Whether others than its owner can look into it: it was there already, and it is not only the gateway's.</summary>
    public bool IsOpenToOthers => !OperatingSystem.IsWindows() && (File.GetUnixFileMode(Path) & ~Owner) != UnixFileMode.None;

    /// <exception cref="IOException">A gateway is running on the folder already, or the folder cannot be made.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder cannot be written to.</exception>
    public static DataFolder Claim(string path)
    {
        bool isNew = !Directory.Exists(path);
        var folder = new PrivateFolder(path);
        folder.Make();
        // One that holds other things may be meant for others, too: /tmp, a home. It is not ours to close.
        if (!isNew && !OperatingSystem.IsWindows() && !folder.Disk.List(path).Any()) Close(path);
        return new DataFolder(path, FolderLock.TryTake(folder.File(LockName).Path) ?? throw new IOException(
            $"a gateway is already running on this data folder ({path}). Stop that one first, or give this one a 'data.folder' of its "
                + "own."));
    }

    public void Dispose() => _lock.Dispose();

    private static void Close(string path)
    {
        try
        {
#pragma warning disable RS0030, CA1416 // Somebody else made it, and nothing is in it yet; the caller looks at the platform.
            File.SetUnixFileMode(path, Owner);
#pragma warning restore RS0030, CA1416
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It belongs to another user, or has no modes: as open as it is, and that is said.
        }
    }
}
