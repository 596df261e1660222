namespace BridgeFramework.Files.Tests;

/// <summary>A folder on the machine's disk that is gone after the test.</summary>
internal sealed class TestFolder : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("bridge-files-");

    public string Path => _folder.FullName;

    public string At(params ReadOnlySpan<string> parts) => System.IO.Path.Combine([Path, .. parts]);

    public string Write(string path, string content = "content")
    {
        string file = At(path);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(file)!); // it is in the folder
        File.WriteAllText(file, content);
        return file;
    }

    public void Dispose() => _folder.Delete(recursive: true);
}
