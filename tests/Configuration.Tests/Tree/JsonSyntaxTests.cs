namespace BridgeFramework.Configuration.Tests;

public sealed class JsonSyntaxTests : IDisposable
{
    private readonly ConfigurationFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("", "bridge.json:1:1: the file is empty: expected a JSON object, { … }.")]
    [InlineData(" \n ", "bridge.json:1:1: the file is empty: expected a JSON object, { … }.")]
    [InlineData("{\n  \"hub\": {}\n  \"data\": {} }", "bridge.json:3:3: a comma is missing before this.")]
    [InlineData("{\n  \"hub\": { \"port\": 1",
        "bridge.json:2:21: the file ends too early: a '}' or ']' that closes what was opened is missing.")]
    [InlineData("{} {}", "bridge.json:1:4: there is something after the end: expected one JSON object and nothing else.")]
    [InlineData("{ hub: {} }", "bridge.json:1:3: a key must be in double quotes.")]
    [InlineData("{ \"hub\": 'x' }", "bridge.json:1:10: single quotes are not allowed: put texts and keys in double quotes.")]
    [InlineData("{ \"hub\" = {} }", "bridge.json:1:9: a key and its value are separated by ':', not '='.")]
    [InlineData("{ \"hub\": {}, \"data\": x }", "bridge.json:1:22: this is no JSON: 'x' is an invalid start of a value.")]
    [InlineData("{ // the hub\n  hub: {} }", "bridge.json:2:3: a key must be in double quotes.")]
    [InlineData("{ \"hub\": {}, // see \"b\"\n  data: {} }", "bridge.json:2:3: a key must be in double quotes.")]
    [InlineData("{ \"hub\": {} /* , */\n  \"data\": {} }", "bridge.json:2:3: a comma is missing before this.")]
    [InlineData("{ \"a\": \"http://x\" \"b\": 1 }", "bridge.json:1:19: a comma is missing before this.")]
    [InlineData("{ \"hub\": /* x */ y }", "bridge.json:1:18: this is no JSON: 'y' is an invalid start of a value.")]
    [InlineData("{ \"hub\" {} }", "bridge.json:1:9: a ':' is missing between the key and its value.")]
    [InlineData("{ \"a\": 1, \"hub\" 1 }", "bridge.json:1:17: a ':' is missing between the key and its value.")]
    [InlineData("{ \"hub\": { \"host\": \"a\"b\" } }",
        "bridge.json:1:23: the text ended at the quote before this: write a quote that belongs to the text as \\\".")]
    [InlineData("{ # the hub\n }", "bridge.json:1:3: a comment begins with // or /*, not #.")]
    [InlineData("{ “hub”: {} }", "bridge.json:1:3: typographic quotes are not allowed: put texts and keys in straight double quotes.")]
    [InlineData("{ \"a\": [ 1 2 ] }", "bridge.json:1:12: a comma is missing before this.")]
    [InlineData("{ \"电表\": é }", "bridge.json:1:9: this is no JSON: '0xC3' is an invalid start of a value.")]
    [InlineData("{ \"hub\": { \"host\": \"\\ud800\" } }",
        "bridge.json:1:20: this text holds half a character (a lone \\uD800 to \\uDFFF): write both halves or the character itself.")]
    public void A_mistake_of_syntax_is_said_in_human_words_where_it_is(string json, string expected) =>
        Lines.AreEqual([expected], _folder.Load(json).Mistakes.Select(m => m.ToString()));

    [Fact]
    public void A_text_of_another_encoding_is_said_where_it_ends_to_be_utf8()
    {
        var mistakes = new List<ConfigurationMistake>();

        Assert.Null(
            JsonTreeReader.Read("bridge.json", "{ \"hub\": \"\xE9\" }"u8.ToArray()[..^4].Concat(new byte[] { 0xE9 }).ToArray(), mistakes));

        Assert.EndsWith(
            "this is not UTF-8 text: save the file in the encoding UTF-8.", Assert.Single(mistakes).ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(64, true)]
    [InlineData(65, false)]
    [InlineData(100_000, false)]
    public void Nesting_is_bounded(int depth, bool readable)
    {
        var mistakes = new List<ConfigurationMistake>();
        byte[] text = System.Text.Encoding.UTF8.GetBytes(new string('[', depth) + new string(']', depth));

        Assert.Equal(readable, JsonTreeReader.Read("f", text, mistakes) is not null);

        if (!readable) Assert.Equal("objects and arrays are nested too deeply: at most 64 levels.", Assert.Single(mistakes).Message);
    }
}
