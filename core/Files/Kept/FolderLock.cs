namespace BridgeFramework.Files;

/// <summary>A claim on a folder, for one process at a time. It ends with the process, however that ends.</summary>
public sealed class FolderLock : IDisposable
{
    private readonly FileStream _file;

    private FolderLock(FileStream file) => _file = file;

    /// <summary>Takes the claim.</summary>
    /// <param name="file">The file that stands for it; made for the owner alone if it is not there. Its folder exists.</param>
    /// <returns>The claim; <see langword="null"/> while somebody else has it.</returns>
    /// <exception cref="IOException">The file cannot be made.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be opened.</exception>
    public static FolderLock? TryTake(string file)
    {
        try
        {
            return new FolderLock(PrivateOptions.Open(file, FileMode.OpenOrCreate, FileShare.None));
        }
        catch (IOException) when (File.Exists(file))
        {
            return null;
        }
    }

    /// <summary>Ends the claim. The file stays.</summary>
    public void Dispose() => _file.Dispose();
}
