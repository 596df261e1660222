namespace BridgeFramework.Runtime;

/// <summary>A gateway's claim on its data folder: while it is held, no other gateway can have it. Ends with the process, however that ends.</summary>
internal sealed class DataFolder : IDisposable
{
    private const string LockName = "bridge.lock";
    private const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private readonly FileStream _lock;

    private DataFolder(string path, FileStream held) => (Path, _lock) = (path, held);

    public string Path { get; }

    /// <summary>Whether others than its owner can look into it: it was there already, and it is not only the gateway's.</summary>
    public bool IsOpenToOthers => !OperatingSystem.IsWindows() && (File.GetUnixFileMode(Path) & ~Owner) != UnixFileMode.None;

    /// <exception cref="IOException">A gateway is running on the folder already, or the folder cannot be made.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder cannot be written to.</exception>
    public static DataFolder Claim(string path)
    {
        bool isNew = !Directory.Exists(path);
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(path);
        else Directory.CreateDirectory(path, Owner);
        // One that holds other things may be meant for others, too: /tmp, a home. It is not ours to close.
        if (!isNew && !OperatingSystem.IsWindows() && !Directory.EnumerateFileSystemEntries(path).Any()) File.SetUnixFileMode(path, Owner);
        return new DataFolder(path, Lock(path));
    }

    public void Dispose() => _lock.Dispose();

    private static FileStream Lock(string path)
    {
        var options = new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.None };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        string file = System.IO.Path.Combine(path, LockName);
        try
        {
            return new FileStream(file, options);
        }
        catch (IOException exception) when (File.Exists(file))
        {
            throw new IOException(
                $"a gateway is already running on this data folder ({path}). Stop that one first, or give this one a 'data.folder' of its own.", exception);
        }
    }
}
