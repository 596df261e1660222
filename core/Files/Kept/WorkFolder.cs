namespace BridgeFramework.Files;

/// <summary>A folder that a process needs for a while. It goes when it is disposed; what a process left that was killed, the next one
/// removes.</summary>
/// <remarks>Beside it is a file of its name and <c>.lock</c>, locked as long as the process lives.</remarks>
public sealed class WorkFolder : IDisposable
{
    private const string LockEnd = ".lock";
    private readonly PrivateFolder _folder;
    private readonly FolderLock _lock;

    private WorkFolder(PrivateFolder folder, FolderLock held) => (_folder, _lock) = (folder, held);

    /// <summary>Where it is.</summary>
    public string Path => _folder.Path;

    /// <summary>Makes one, after it has removed those that killed processes of this user left.</summary>
    /// <param name="parent">The folder that it is made in, which others may use, too.</param>
    /// <param name="prefix">What its name begins with, and those of the ones that are removed.</param>
    /// <param name="rescue">Told of each folder before it is removed.</param>
    /// <exception cref="IOException">It cannot be made.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be made.</exception>
    public static WorkFolder Make(string parent, string prefix, Action<string>? rescue = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(prefix);
        var disk = LocalDisk.Instance;
        foreach (string file in LocksIn(parent, prefix))
            if (IsOurs(file) && TryTake(file) is { } left)
                using (left) Remove(file[..^LockEnd.Length], file, rescue);

        string path = System.IO.Path.Combine(parent, $"{prefix}{Guid.NewGuid():N}");
#pragma warning disable IDISP001 // the work folder's, which is given away
        var held = FolderLock.TryTake(path + LockEnd) ?? throw new IOException($"'{path}{LockEnd}' is locked by another program.");
#pragma warning restore IDISP001
        try
        {
            disk.MakeFolder(path);
            return new WorkFolder(new PrivateFolder(path), held);
        }
        catch
        {
            held.Dispose();
            throw;
        }
    }

    /// <summary>Removes it. What cannot be removed is left for the next time.</summary>
    public void Dispose()
    {
        Remove(Path, Path + LockEnd, rescue: null);
        _lock.Dispose();
    }

    private static List<string> LocksIn(string parent, string prefix)
    {
        try
        {
            return
            [
                .. LocalDisk.Instance.Names(parent)
                    .Where(name => name.StartsWith(prefix, StringComparison.Ordinal) && name.EndsWith(LockEnd, StringComparison.Ordinal)
                        && Guid.TryParseExact(name[prefix.Length..^LockEnd.Length], "N", out _))
                    .Select(name => System.IO.Path.Combine(parent, name)),
            ];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    /// <summary>Somebody else may give such names to his own files in a temporary folder, and put links in their place meanwhile.</summary>
    private static bool IsOurs(string lockFile)
    {
        string folder = lockFile[..^LockEnd.Length];
        return EntryLook.IsOwn(lockFile) && (LocalDisk.Instance.Find(folder) is null || EntryLook.IsOwn(folder));
    }

    private static FolderLock? TryTake(string file)
    {
        try
        {
            return FolderLock.TryTake(file);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static void Remove(string folder, string lockFile, Action<string>? rescue)
    {
        try
        {
            rescue?.Invoke(folder);
            new PrivateFolder(folder).Delete();
            LocalDisk.Instance.Delete(lockFile);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // A library that is still mapped cannot be deleted everywhere.
        }
    }
}
