using BridgeFramework.Files;

namespace BridgeFramework.Gateway;

/// <summary>A folder of this command alone, which goes with it.</summary>
internal sealed class TemporaryFolder(string prefix) : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory(prefix).FullName;

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
