namespace BridgeFramework.Configuration.Tests;

public sealed class PlanDiffPrinterTests : IDisposable
{
    private const string Before = """
        { "deviceTypes": { "t": { "driver": "d", "points": { "temp": { "at": {} } } } },
          "channels": {
            "line1": { "driver": "modbus", "settings": { "port": 502 }, "devices": [ { "id": "P/a" } ] },
            "line2": { "driver": "d" },
            "line4": { "driver": "d", "devices": [ { "id": "P/m1", "type": "t" }, { "id": "P/m2" }, { "id": "P/m3" } ] },
            "line5": { "driver": "d", "devices": [ { "id": "P/m5" } ] } } }
        """;

    private const string After = """
        { "hub": { "keepAlive": "2m" }, "data": { "folder": "/var/elsewhere" }, "reload": "watch",
          "deviceTypes": { "t": { "driver": "d", "points": { "temp": { "at": {}, "interval": "500ms" } } } },
          "channels": {
            "line1": { "driver": "modbus", "settings": { "port": 503 }, "devices": [ { "id": "P/a" } ] },
            "line3": { "driver": "modbus", "devices": [ { "range": "1..4", "id": "P/n{n}" } ] },
            "line4": { "driver": "d", "devices": [ { "id": "P/m1", "type": "t" }, { "id": "P/m9" } ] },
            "line5": { "driver": "d", "devices": [ { "id": "P/m5" }, { "id": "P/m2", "settings": { "a": 1 } } ] } } }
        """;

    private readonly ConfigurationFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void What_differs_is_printed_in_the_words_of_an_operator() =>
        Assert.Equal(
            $$"""
            Channels
              + line3: 4 sub-devices
              ~ line1: settings.port 502 -> 503 (starts anew)
              ~ line4: other sub-devices (starts anew)
              ~ line5: other sub-devices (goes on)
              - line2
            Sub-devices
              + P/n1 on line3
              + P/n2 on line3
              + P/n3 on line3
              + P/n4 on line3
              + P/m9 on line4
              ~ P/m1: points.temp.interval 1s -> 500ms
              ~ P/m2: moves from line4 to line5, settings.a (not set) -> 1
              - P/m3 (leaves: what of it waits is sent first)
            Gateway
              ~ hub.keepAlive 4m -> 2m (reconnects)
              ~ reload manual -> watch
              ! data.folder {{_folder.In("data")}} -> /var/elsewhere (needs a restart)

            """.ReplaceLineEndings("\n"),
            Printed(Before, After, channel => channel is "line4"));

    [Fact]
    public void What_a_driver_needs_is_left_open_where_it_is_not_known() => Assert.Contains(
        "  ~ line5: other sub-devices (starts anew, unless its driver takes other sub-devices while it runs)\n",
        Printed(Before, After),
        StringComparison.Ordinal);

    [Fact]
    public void Of_what_is_the_same_nothing_is_printed() => Assert.Equal("", Printed(Before, Before));

    [Fact]
    public void Long_lists_end_with_a_count_of_the_rest()
    {
        static string Devices(string range) =>
            $$"""{ "channels": { "c": { "driver": "d", "devices": [ { "range": "{{range}}", "id": "P/d{n}" } ] } } }""";

        string[] lines = Printed(Devices("1..1000"), Devices("1001..2000")).Split('\n');

        Lines.AreEqual(["  + and 980 more", "  - and 980 more"], lines.Where(line => line.Contains("more", StringComparison.Ordinal)));
        Assert.Equal(2 + 1 + (2 * 21) + 1, lines.Length);
    }

    [Fact]
    public void Many_settings_and_long_values_are_cut()
    {
        static string Settings(string of) => $$"""{ "channels": { "c": { "driver": "d", "settings": { {{of}} } } } }""";

        string printed = Printed(
            Settings("\"a\": 1"),
            Settings($"\"b\": \"{new string('x', 1000)}\", \"c\": 1, \"d\": 1, \"e\": 1, \"f\": 1"));

        Assert.Equal(
            $"  ~ c: settings.a 1 -> (not set), settings.b (not set) -> \"{new string('x', 59)}…, settings.c (not set) -> 1, "
                + "settings.d (not set) -> 1, and 2 more (starts anew)",
            printed.Split('\n')[1]);
    }

    [Fact]
    public void Text_that_somebody_else_wrote_neither_steers_the_terminal_nor_begins_a_line()
    {
        string printed = Printed(
            """{ "channels": { "c": { "driver": "d" } } }""",
            """{ "channels": { "c": { "driver": "d", "settings": { "a\nb\u001b[2J": "x\u202ey\n  + all is well" } } } }""");

        Assert.Equal(3, printed.Split('\n').Length);
        Assert.DoesNotContain(printed, sign => char.IsControl(sign) && sign is not '\n');
        Assert.DoesNotContain('\u202e', printed);
    }

    [Fact]
    public void No_secret_is_printed()
    {
        static string With(string secret) => $$"""
            { "products": { "P": { "secret": "{{secret}}{{secret}}" } },
              "channels": { "c": { "driver": "d", "settings": { "apiToken": "{{secret}}" }, "devices": [
                { "id": "P/a", "secret": "{{secret}}", "settings": { "password": "{{secret}}" } } ] } } }
            """;

        string printed = Printed(With("AAAAAAAAAAAA"), With("BBBBBBBBBBBB"));

        Assert.Equal(
            "  ~ P/a: productSecret *** -> ***, secret *** -> ***, settings.password *** -> ***",
            Assert.Single(printed.Split('\n'), line => line.Contains("P/a", StringComparison.Ordinal)));
        Assert.DoesNotContain("AAAA", printed, StringComparison.Ordinal);
        Assert.DoesNotContain("BBBB", printed, StringComparison.Ordinal);
    }

    private string Printed(string before, string after, Func<string, bool>? startsAnew = null)
    {
        var (from, to) = (_folder.Load(before).Plan!, _folder.Load(after).Plan!);   // ! or the test fails as well
        using var text = new StringWriter { NewLine = "\n" };
        PlanDiffPrinter.Print(PlanDiff.Between(from, to), text, startsAnew);
        return text.ToString();
    }
}
