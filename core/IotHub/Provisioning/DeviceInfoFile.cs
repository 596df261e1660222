using System.Text.Json;
using BridgeFramework.Files;

namespace BridgeFramework.IotHub;

/// <summary>Reads the official SDKs' <c>device_info.json</c> as it is: both shapes of <c>subDev</c>, unknown fields ignored.</summary>
/// <remarks>Source: the sample configuration files of the official Python and C SDKs of Tencent Cloud IoT Hub.</remarks>
public static class DeviceInfoFile
{
    /// <summary>The largest file that is read, in bytes.</summary>
    public const int MaxLength = 1024 * 1024;

    private static ReadOnlySpan<byte> Utf8Mark => [0xEF, 0xBB, 0xBF];

    /// <summary>Reads a file, and looks into the certificate and key that a certificate device names in it. Paths in it are taken relative
    /// to it.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="DeviceInfoException">It cannot be read or used; all its mistakes at once.</exception>
    public static DeviceInfo Load(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        byte[] content;
        try
        {
            content = NamedFile.Read(path, MaxLength);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DeviceInfoException(path, [new DeviceInfoProblem("", "cannot be read: " + e.Message)], e);
        }

        return Parse(content, path, looksIntoFiles: true);
    }

    /// <summary>Reads the content of such a file, and nothing that it names.</summary>
    /// <param name="content">UTF-8 JSON, with or without a byte order mark.</param>
    /// <param name="path">What to call it in messages, and what its relative paths are relative to.</param>
    /// <exception cref="DeviceInfoException">It cannot be used; all its mistakes at once.</exception>
    public static DeviceInfo Parse(ReadOnlyMemory<byte> content, string path) => Parse(content, path, looksIntoFiles: false);

    /// <summary>Reads the content of such a file.</summary>
    /// <param name="content">UTF-8 JSON, with or without a byte order mark.</param>
    /// <param name="path">What to call it in messages, and what its relative paths are relative to.</param>
    /// <param name="looksIntoFiles">Whether to look into the certificate and key that a certificate device names in it.</param>
    /// <exception cref="DeviceInfoException">It cannot be used; all its mistakes at once.</exception>
    public static DeviceInfo Parse(ReadOnlyMemory<byte> content, string path, bool looksIntoFiles)
    {
        if (content.Span.StartsWith(Utf8Mark)) content = content[Utf8Mark.Length..];
        if (content.Span.IndexOfAnyExcept(" \t\r\n"u8) < 0)
            throw new DeviceInfoException(path, [new DeviceInfoProblem("", "the file is empty: take the one of an official SDK")]);
        try
        {
            using var document = JsonDocument.Parse(content, new JsonDocumentOptions { MaxDepth = 16, AllowDuplicateProperties = false });
            var reader = new DeviceInfoReader(
                new DeviceInfoFields(document.RootElement), Path.GetDirectoryName(Path.GetFullPath(path)) ?? ".", looksIntoFiles);
            return reader.Read() ?? throw new DeviceInfoException(path, reader.Problems);
        }
        catch (JsonException e)
        {
            throw new DeviceInfoException(path, [NotJson(e)], e);
        }
        catch (InvalidOperationException e)
        {
            throw new DeviceInfoException(path, [new DeviceInfoProblem("", "has text that is not valid UTF-8")], e);
        }
    }

    // The library ends its message with the place, and counts from 0.
    private static DeviceInfoProblem NotJson(JsonException e) =>
        new("", "not valid JSON: " + e.Message.Split(" LineNumber:", 2)[0])
        {
            Line = (int)(e.LineNumber + 1 ?? 0),
            Column = (int)(e.BytePositionInLine + 1 ?? 0),
        };
}
