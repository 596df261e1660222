namespace BridgeFramework.Files;

/// <summary>A claim on a folder, for one process at a time. It ends with the process, however that ends.</summary>
public sealed class FolderLock : IDisposable
{
    private const int SharingViolation = unchecked((int)0x80070020); // of Windows
    private const int WouldBlock = 35; // EWOULDBLOCK of macOS
    private readonly FileStream _file;

    private FolderLock(FileStream file) => _file = file;

    /// <summary>Takes the claim.</summary>
    /// <param name="file">The file that stands for it; made for the owner alone if it is not there. Its folder exists.</param>
    /// <returns>The claim; <see langword="null"/> while somebody else has it.</returns>
    /// <exception cref="IOException">The file cannot be made or opened, or is no regular file.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be opened.</exception>
    public static FolderLock? TryTake(string file)
    {
        if (!OperatingSystem.IsLinux()) return TryTakeElsewhere(file);
        var stream = OpenOrMake(file);
        // A disk without locks has no such claims, and says so with another error: as with .NET, everybody has it there.
        if (LibC.Lock(stream.SafeFileHandle, LibC.ExclusiveLock | LibC.WithoutWaiting) == 0 || !LibC.FailedWith(LibC.WouldBlock))
            return new FolderLock(stream);
#pragma warning disable IDISP017 // where it is locked it is given away
        stream.Dispose();
#pragma warning restore IDISP017
        return null;
    }

    /// <summary>Ends the claim. The file stays.</summary>
    public void Dispose() => _file.Dispose();

    /// <summary>Opens what is there, or makes it; in neither case through a link.</summary>
    private static FileStream OpenOrMake(string file)
    {
        try
        {
            if (EntryLook.At(file) is null) return PrivateOptions.Open(file, FileMode.CreateNew, FileShare.Read);
        }
        catch (IOException) when (EntryLook.At(file) is not null)
        {
            // Somebody else was first.
        }

        return RegularFile.Open(file, FileAccess.ReadWrite);
    }

    private static FolderLock? TryTakeElsewhere(string file)
    {
        try
        {
            return new FolderLock(PrivateOptions.Open(file, FileMode.OpenOrCreate, FileShare.None));
        }
        catch (IOException exception) when (exception.HResult is SharingViolation or WouldBlock)
        {
            return null;
        }
    }
}
