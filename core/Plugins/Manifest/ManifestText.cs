using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace BridgeFramework.Plugins;

/// <summary>The bytes of a manifest as JSON text. The parser takes bytes that are no text, and throws when one asks for the text.</summary>
internal static class ManifestText
{
    private static ReadOnlySpan<byte> Mark => [0xEF, 0xBB, 0xBF];

    /// <summary>Leaves a byte order mark out, as some editors write one.</summary>
    public static ReadOnlyMemory<byte> Of(byte[] bytes) => bytes.AsSpan().StartsWith(Mark) ? bytes.AsMemory(Mark.Length) : bytes;

    /// <exception cref="PluginRejectedException">A text or a name in it is none.</exception>
    /// <exception cref="JsonException">It is no JSON.</exception>
    public static void Check(ReadOnlySpan<byte> text, JsonReaderOptions options)
    {
        if (!Utf8.IsValid(text))
            throw Wrong($"is no UTF-8 text {Place(text, FirstInvalidByte(text))}", mayBeIncomplete: true);
        var reader = new Utf8JsonReader(text, options);
        try
        {
            while (reader.Read())
                if (reader.ValueIsEscaped) reader.GetString();
        }
        catch (InvalidOperationException)
        {
            string place = Place(text, (int)reader.TokenStartIndex);
            throw Wrong($"holds half a character, a lone \\ud800 to \\udfff {place}", mayBeIncomplete: false);
        }
    }

    private static PluginRejectedException Wrong(string what, bool mayBeIncomplete) =>
        new($"its {PluginManifest.FileName} {what}", PluginManifestReader.Rebuild, mayBeIncomplete);

    private static int FirstInvalidByte(ReadOnlySpan<byte> text)
    {
        int offset = 0;
        while (Rune.DecodeFromUtf8(text[offset..], out _, out int length) == OperationStatus.Done) offset += length;
        return offset;
    }

    /// <summary>Line and column as the parser counts them, in bytes.</summary>
    private static string Place(ReadOnlySpan<byte> text, int offset)
    {
        var before = text[..offset];
        return $"(line {before.Count((byte)'\n') + 1}, column {offset - before.LastIndexOf((byte)'\n')})";
    }
}
