namespace BridgeFramework.Configuration.Tests;

public sealed class OverlayTests : IDisposable
{
    private readonly ConfigurationFolder _folder = new();

    public OverlayTests() => _folder.WriteSecret("test1", "s");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_environment_wins_over_the_file_and_the_command_line_over_both()
    {
        _folder.Environment["BRIDGE__hub__port"] = "1999";
        _folder.Environment["BRIDGE__hub__tls"] = "true";
        _folder.Environment["PATH"] = "ignored";

        var hub = _folder.LoadValid(ConfigurationFolder.Example, "hub.port=2001").Hub;

        Assert.Equal((2001, true), (hub.Port, hub.Tls));
    }

    [Theory]
    [InlineData("BRIDGE__HUB__PORT")]
    [InlineData("bridge__hub__Port")]
    public void Keys_of_the_environment_may_be_in_any_case(string name)
    {
        _folder.Environment[name] = "7";

        Assert.Equal(7, _folder.LoadValid("{}").Hub.Port);
    }

    [Theory]
    [InlineData("hub.host=10", "10")]            // text by the schema, though it looks like a number
    [InlineData("hub.keepAlive=120s", null)]
    public void A_value_has_the_type_that_the_schema_says(string setting, string? host) =>
        Assert.Equal(host, _folder.LoadValid("{}", setting).Hub.Host);

    [Fact]
    public void A_drivers_setting_keeps_the_type_that_it_had_or_looks_like()
    {
        var line = _folder.LoadValid(
            ConfigurationFolder.Example,
            "channels.line1.settings.host=10",
            "channels.line1.settings.port=1503",
            "channels.line1.settings.new=true",
            "channels.line1.settings.list=[1, {\"a\": 2}]",
            "channels.line1.settings.word=hello",
            "channels.line1.devices.0.settings.unitId=77",
            "channels.line1.devices[2].points.x.unit=A").Channels[0];

        Assert.Equal("""{"transport":"tcp","host":"10","port":1503,"new":true,"list":[1,{"a":2}],"word":"hello"}""", line.Settings.GetRawText());
        Assert.Equal("""{"unitId":77}""", line.Devices[0].Settings.GetRawText());
        Assert.Equal("A", line.Devices[3].Points[0].Unit);
    }

    [Theory]
    [InlineData("hub.port=70000", "command line --set hub.port: hub.port: 70000 is too large: expected 1 to 65535.")]
    [InlineData("hub.port=abc", "command line --set hub.port: hub.port: \"abc\" is text: expected an integer, 1 to 65535.")]
    [InlineData("hub.prot=1", "command line --set hub.prot: hub.prot: this key is not known: did you mean 'port'?")]
    [InlineData("channels.line1.devices.9.id=P/d", "command line --set channels.line1.devices.9.id: channels.line1.devices[9]: there is "
        + "no such item: expected 0 to 3 (the last adds one).")]
    [InlineData("my-secret", "command line --set: this is no setting: expected path=value, such as hub.port=1884.")]
    [InlineData("hub..port=1", "command line --set hub..port: this names no setting: expected 1 to 32 keys, such as hub.port.")]
    public void A_mistake_names_the_option_in_place_of_a_line(string setting, string expected)
    {
        var result = _folder.Load(ConfigurationFolder.Example.Replace("\"port\": 1883,", "", StringComparison.Ordinal), setting);

        Lines.AreEqual([expected], result.Mistakes.Select(m => m.ToString()));
    }

    [Fact]
    public void A_mistake_names_the_variable_in_place_of_a_line()
    {
        _folder.Environment["BRIDGE__hub__port"] = "0";

        Lines.AreEqual(
            ["environment BRIDGE__hub__port: hub.port: 0 is too small: expected 1 to 65535."],
            _folder.Load("{}").Mistakes.Select(m => m.ToString()));
    }
}
