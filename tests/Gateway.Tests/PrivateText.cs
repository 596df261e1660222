namespace BridgeFramework.Gateway.Tests;

/// <summary>A file as one with secrets is to be: nobody else can read it, so nothing is said of it.</summary>
internal static class PrivateText
{
    public static void Write(string path, string text)
    {
        File.WriteAllText(path, text);
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }
}
