using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using CsCheck;

namespace BridgeFramework.Printing.Tests;

public sealed class ForeignTextTests
{
    private const string Steering = "\u001b\u007f\u009b\u0085\u2028\u202e\u2066\ufeff\ud83d\ude00\n\r";

    /// <summary>Any UTF-16 code units, among them halves of pairs, and what steers more often than chance would have it.</summary>
    private static readonly Gen<string> AnyText = Gen.Frequency(
        (3, Gen.Char),
        (1, Gen.Int[0, Steering.Length - 1].Select(i => Steering[i])))
        .Array[0, 40].Select(units => new string(units));

    private static readonly JsonSerializerOptions Indented =
        new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    [Theory]
    [InlineData("\u001b[2J", "?[2J")]
    [InlineData("\u009b2J", "?2J")]
    [InlineData("a\u007fb\bc\0", "a?b?c?")]
    [InlineData("admin\u202e\u2066txt", "admin??txt")]
    [InlineData("\ufefftext\u200b", "?text?")]
    [InlineData("tag \U000E0041", "tag ?")]
    [InlineData("one\ntwo\rthree\r\nfour\tfive", "one two three four five")]
    [InlineData("one\u0085two\u2028three\u2029four\vfive\fsix", "one two three four five six")]
    [InlineData("25.5 °C, 温度, ‘Zähler’, e\u0301, 😀", "25.5 °C, 温度, ‘Zähler’, e\u0301, 😀")]
    [InlineData(null, "")]
    public void One_line_neither_steers_nor_breaks(string? text, string shown) => Assert.Equal(shown, ForeignText.OneLine(text));

    [Fact]
    public void Half_of_a_pair_is_shown_as_a_sign() => Assert.Equal("a\ufffdb", ForeignText.OneLine("a\ud83db"));

    [Theory]
    [InlineData("one\ntwo\r\nthree", "one\ntwo\nthree")]
    [InlineData("progress\roverwritten", "progress overwritten")]
    [InlineData("one\u2028two\u0085three", "one two three")]
    [InlineData("\u001b[31m\n\u009b", "?[31m\n?")]
    public void Lines_stay_where_they_end_with_a_line_feed(string text, string shown) => Assert.Equal(shown, ForeignText.Lines(text));

    [Fact]
    public void Nothing_that_steers_is_left_of_any_text() => AnyText.Sample(text =>
    {
        string line = ForeignText.OneLine(text);
        Assert.DoesNotContain(RunesOf(line), Steers);
        Assert.DoesNotContain(RunesOf(ForeignText.Lines(text)), rune => rune.Value is not '\n' && Steers(rune));
        Assert.Equal(line, ForeignText.OneLine(line));
    });

    [Fact]
    public void Json_of_any_text_steers_nothing_and_means_the_same() => AnyText.Sample(text =>
    {
        // Halves of pairs are no JSON text.
        string[] value = [.. RunesOf(text).Select(rune => rune.ToString())];
        string json = JsonSerializer.Serialize(value, Indented);

        string shown = ForeignText.Json(json);

        Assert.DoesNotContain(RunesOf(shown), rune => rune.Value is not ('\n' or '\r') && Steers(rune));
        Assert.Equal(value, JsonSerializer.Deserialize<string[]>(shown));
    });

    [Fact]
    public void A_text_that_is_plain_is_not_copied()
    {
        const string text = "Channel line1 is serving.";

        Assert.Same(text, ForeignText.OneLine(text));
        Assert.Same(text, ForeignText.Lines(text));
        Assert.Same(text, ForeignText.Json(text));
    }

    private static IEnumerable<Rune> RunesOf(string text)
    {
        for (int at = 0; at < text.Length;)
        {
            Rune.DecodeFromUtf16(text.AsSpan(at), out var rune, out int length);
            at += length;
            yield return rune;
        }
    }

    private static bool Steers(Rune rune) => Rune.GetUnicodeCategory(rune) is
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;
}
