namespace BridgeFramework.Configuration;

/// <summary>What stands before a place in a text that should be JSON. Comments and white space are passed over, and what is in a text is
/// text.</summary>
/// <param name="Before">The last character; a brace where there is none.</param>
/// <param name="IsInObject">Whether an object is what was opened last.</param>
/// <param name="IsBehindKey">Whether it is the key of an object.</param>
internal readonly record struct JsonSurroundings(char Before, bool IsInObject, bool IsBehindKey)
{
    public static JsonSurroundings At(ReadOnlySpan<byte> text, int offset)
    {
        text = text[..offset];
        var opened = new Stack<byte>();
        var found = new JsonSurroundings('{', IsInObject: true, IsBehindKey: false);
        for (int at = 0; at < text.Length;)
        {
            byte c = text[at];
            int length = SkippedAt(text[at..]);
            if (length == 0)
            {
                length = c == '"' ? LengthOfText(text[at..]) : 1;
                if (c is (byte)'{' or (byte)'[') opened.Push(c);
                else if (c is (byte)'}' or (byte)']') opened.TryPop(out _);
                bool key = c == '"' && found is { IsInObject: true, Before: '{' or ',' };
                found = new JsonSurroundings((char)c, !opened.TryPeek(out byte last) || last == '{', key);
            }

            at += length;
        }

        return found;
    }

    /// <summary>How long the white space or the comment is that a text begins with.</summary>
    private static int SkippedAt(ReadOnlySpan<byte> text)
    {
        if (text[0] is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n') return 1;
        if (text.StartsWith("//"u8)) return text.IndexOf((byte)'\n') is var end and >= 0 ? end : text.Length;
        if (!text.StartsWith("/*"u8)) return 0;
        return text[2..].IndexOf("*/"u8) is var close and >= 0 ? close + 4 : text.Length;
    }

    private static int LengthOfText(ReadOnlySpan<byte> text)
    {
        int at = 1;
        while (at < text.Length && text[at] != '"') at += text[at] == '\\' ? 2 : 1;
        return Math.Min(at + 1, text.Length);
    }
}
