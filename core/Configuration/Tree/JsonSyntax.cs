using System.Text;
using System.Text.Json;

namespace BridgeFramework.Configuration;

/// <summary>Says in human words why a text is no JSON.</summary>
internal static class JsonSyntax
{
    private const string TypographicQuotes = "\u201C\u201D\u201E\u2018\u2019\u00AB\u00BB";

    /// <summary>The first byte that is no UTF-8.</summary>
    public static int FirstInvalidByte(ReadOnlySpan<byte> text)
    {
        int at = 0;
        while (at < text.Length && Rune.DecodeFromUtf8(text[at..], out _, out int length) == System.Buffers.OperationStatus.Done)
            at += length;
        return at;
    }

    /// <summary>The byte that a JSON exception speaks of.</summary>
    public static long OffsetOf(JsonException exception, ReadOnlySpan<byte> text, long consumed)
    {
        if (exception is not { LineNumber: { } line, BytePositionInLine: { } position }) return consumed;
        int start = 0;
        for (; line > 0; line--)
        {
            int next = text[start..].IndexOf((byte)'\n');
            if (next < 0) return consumed;
            start += next + 1;
        }

        return Math.Min(start + position, text.Length);
    }

    /// <summary>Explains a mistake of syntax.</summary>
    /// <param name="text">The whole text.</param>
    /// <param name="offset">Where the parser stopped.</param>
    /// <param name="depth">How many objects and arrays are open.</param>
    /// <param name="cause">What the parser says.</param>
    /// <returns>Where to point, and what to say.</returns>
    public static (int Offset, string Message) Explain(ReadOnlySpan<byte> text, int offset, int depth, JsonException cause)
    {
        if (text.IndexOfAnyExcept(" \t\r\n"u8) < 0) return (0, "the file is empty: expected a JSON object, { … }.");
        if (offset >= text.Length)
            return (offset, depth > 0
                ? "the file ends too early: a '}' or ']' that closes what was opened is missing."
                : "the file ends in the middle of a value.");
        char found = (char)text[offset];
        var (before, inObject, behindKey) = JsonSurroundings.At(text, offset);
        bool afterValue = before is '"' or '}' or ']' || char.IsAsciiLetterOrDigit(before);
        bool opens = found is '{' or '[';
        if (opens && !afterValue && depth >= JsonTreeReader.MaxDepth - 1)
            return (offset, $"objects and arrays are nested too deeply: at most {JsonTreeReader.MaxDepth} levels.");
        if (depth == 0 && afterValue) return (offset, "there is something after the end: expected one JSON object and nothing else.");
        if (found == '=') return (offset, "a key and its value are separated by ':', not '='.");
        if (found == '#') return (offset, "a comment begins with // or /*, not #.");
        if (before == '"' && text[offset - 1] == '"' && char.IsAsciiLetterOrDigit(found))
            return (offset, "the text ended at the quote before this: write a quote that belongs to the text as \\\".");
        if (behindKey) return (offset, "a ':' is missing between the key and its value.");
        if (afterValue && (opens || found is '"' or '-' || char.IsAsciiLetterOrDigit(found)))
            return (offset, "a comma is missing before this.");
        if (found == '\'') return (offset, "single quotes are not allowed: put texts and keys in double quotes.");
        if (Rune.DecodeFromUtf8(text[offset..], out var rune, out _) == System.Buffers.OperationStatus.Done
            && TypographicQuotes.Contains(rune.ToString(), StringComparison.Ordinal))
            return (offset, "typographic quotes are not allowed: put texts and keys in straight double quotes.");
        if (inObject && (before is '{' or ',') && (char.IsAsciiLetter(found) || found == '_'))
            return (offset, "a key must be in double quotes.");
        if (found is '\n' or '\r') return (offset, "the text is not closed: a '\"' is missing before the end of the line.");
        return (offset, $"this is no JSON: {Plain(cause.Message)}");
    }

    /// <summary>The parser's own words, without the position, which it counts in bytes and from zero.</summary>
    private static string Plain(string message)
    {
        int position = message.IndexOf(" LineNumber:", StringComparison.Ordinal);
        return position < 0 ? message : message[..position];
    }
}
