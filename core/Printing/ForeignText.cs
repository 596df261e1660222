using System.Globalization;
using System.Text;

namespace BridgeFramework.Printing;

/// <summary>
/// Text that somebody else wrote, such as a manifest, a device, the hub or a driver's exception, in a form in which it can be shown: it
/// neither steers the terminal, nor begins a line of its own, nor changes the order of what is beside it.
/// </summary>
/// <remarks>
/// What counts is the category in the Unicode Character Database, chapter 4.5 of the standard: controls (Cc, with ESC, DEL and the C1 set
/// of ECMA-48, whose U+009B begins a sequence as ESC [ does), format characters (Cf, with those of the bidirectional algorithm), line and
/// paragraph separators (Zl, Zp). Letters, marks, signs and blanks of all scripts stay.
/// </remarks>
public static class ForeignText
{
    /// <summary>Stands for a character that cannot be shown.</summary>
    private const char Mark = '?';

    /// <summary>Makes a text one line: what breaks lines and tabulators become blanks, what steers a <c>?</c>.</summary>
    /// <param name="text">The text; none is an empty one.</param>
    /// <returns>One line, without its end.</returns>
    public static string OneLine(string? text) => Replaced(text ?? "", keepsLines: false);

    /// <summary>The same for a text of several lines: those that end with a line feed stay.</summary>
    /// <param name="text">The text.</param>
    /// <returns>The text with line feeds alone at the ends of its lines.</returns>
    public static string Lines(string text) => Replaced(text, keepsLines: true);

    /// <summary>Makes JSON fit for a terminal with its values unchanged: what steers is escaped.</summary>
    /// <param name="json">A valid JSON text, in which such characters can only stand in strings.</param>
    /// <returns>JSON of the same value.</returns>
    public static string Json(string json)
    {
        if (IsPlain(json)) return json;
        var shown = new StringBuilder(json.Length);
        for (int at = 0; at < json.Length;)
        {
            var rune = Next(json, ref at);
            if (Steers(rune) && !IsBlankOfJson(rune)) Escape(rune, shown);
            else Append(rune, shown);
        }

        return shown.ToString();
    }

    private static string Replaced(string text, bool keepsLines)
    {
        if (IsPlain(text)) return text;
        text = text.Replace("\r\n", "\n", StringComparison.Ordinal);
        var shown = new StringBuilder(text.Length);
        for (int at = 0; at < text.Length;)
        {
            var rune = Next(text, ref at);
            if (keepsLines && rune.Value is '\n') shown.Append('\n');
            else if (BreaksLines(rune) || rune.Value is '\t') shown.Append(' ');
            else if (Steers(rune)) shown.Append(Mark);
            else Append(rune, shown);
        }

        return shown.ToString();
    }

    /// <summary>Half of a surrogate pair comes as U+FFFD, which is a sign like another.</summary>
    private static Rune Next(string text, ref int at)
    {
        Rune.DecodeFromUtf16(text.AsSpan(at), out var rune, out int length);
        at += length;
        return rune;
    }

    /// <summary>Most text is; it is not copied.</summary>
    private static bool IsPlain(string text) => !text.AsSpan().ContainsAnyExceptInRange(' ', '~');

    private static bool Steers(Rune rune) => Rune.GetUnicodeCategory(rune) is
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;

    /// <summary>The mandatory breaks of UAX #14.</summary>
    private static bool BreaksLines(Rune rune) => rune.Value is '\n' or '\v' or '\f' or '\r' or 0x85 or 0x2028 or 0x2029;

    private static bool IsBlankOfJson(Rune rune) => rune.Value is '\n' or '\r' or '\t';

    private static void Append(Rune rune, StringBuilder shown)
    {
        Span<char> units = stackalloc char[2];
        shown.Append(units[..rune.EncodeToUtf16(units)]);
    }

    private static void Escape(Rune rune, StringBuilder shown)
    {
        Span<char> units = stackalloc char[2];
        foreach (char unit in units[..rune.EncodeToUtf16(units)]) shown.Append(CultureInfo.InvariantCulture, $"\\u{(int)unit:X4}");
    }
}
