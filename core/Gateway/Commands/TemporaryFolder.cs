using BridgeFramework.Files;

namespace BridgeFramework.Gateway;

/// <summary>A folder of this command alone, which goes with it: plugins are copied there to be checked.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    /// <param name="prefix">Begins its name.</param>
    /// <exception cref="TemporaryFolderException">It cannot be made.</exception>
    public TemporaryFolder(string prefix)
    {
        try
        {
            Path = Directory.CreateTempSubdirectory(prefix).FullName;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new TemporaryFolderException(e);
        }
    }

    public string Path { get; }

    public void Dispose()
    {
        try
        {
            new PrivateFolder(Path).Delete();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // A library that is still mapped cannot be deleted everywhere; the system clears its temporary folder.
        }
    }
}

/// <summary>There is no temporary folder to check plugins in; the message says where it was to be, and what helps.</summary>
internal sealed class TemporaryFolderException(Exception reason) : IOException(
    $"{reason.Message} Plugins are copied to {Path.GetTempPath()} to be checked: make room there, or set TMPDIR to another folder.",
    reason);
