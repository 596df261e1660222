using System.Text;
using System.Text.RegularExpressions;

namespace BridgeFramework.Configuration;

/// <summary>What can be told of a configuration that is no JSON, as somebody edits it: where the gateway that runs keeps its
/// data.</summary>
internal static partial class BrokenFile
{
    private const string Nothing = "{}";

    /// <summary>The least configuration with the data folder of the broken one, as far as that can be seen.</summary>
    public static byte[] StandIn(ReadOnlyMemory<byte> text)
    {
        string json = FindFolder(text) is { } folder ? $$"""{ "data": { "folder": {{folder}} } }""" : Nothing;
        byte[] bytes = Encoding.UTF8.GetBytes(json);
        return JsonTreeReader.Read("", bytes, []) is null ? Encoding.UTF8.GetBytes(Nothing) : bytes;
    }

    private static string? FindFolder(ReadOnlyMemory<byte> text)
    {
        try
        {
            return DataFolder().Match(Encoding.UTF8.GetString(text.Span)) is { Success: true } found ? found.Groups["folder"].Value : null;
        }
        catch (RegexMatchTimeoutException)
        {
            return null;
        }
    }

    [GeneratedRegex(
        """
        "data"\s*:\s*\{[^{}]*?"folder"\s*:\s*(?<folder>"([^"\\\r\n]|\\.)*")
        """,
        RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex DataFolder();
}
