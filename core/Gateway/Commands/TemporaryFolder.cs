using BridgeFramework.Files;

namespace BridgeFramework.Gateway;

/// <summary>A folder of this command alone, which goes with it: plugins are copied there to be checked.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    private readonly WorkFolder _folder;

    /// <param name="prefix">Begins its name, and those of folders that killed commands have left, which go.</param>
    /// <exception cref="TemporaryFolderException">It cannot be made.</exception>
    public TemporaryFolder(string prefix)
    {
        try
        {
            _folder = WorkFolder.Make(System.IO.Path.GetTempPath(), prefix);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new TemporaryFolderException(e);
        }
    }

    public string Path => _folder.Path;

    public void Dispose() => _folder.Dispose();
}

/// <summary>There is no temporary folder to check plugins in; the message says where it was to be, and what helps.</summary>
internal sealed class TemporaryFolderException(Exception reason) : IOException(
    $"{reason.Message} Plugins are copied to {Path.GetTempPath()} to be checked: make room there, or set TMPDIR to another folder.",
    reason);
