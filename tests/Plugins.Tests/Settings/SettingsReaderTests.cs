using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using BridgeFramework.Plugins;

namespace BridgeFramework.Plugins.Tests;

public sealed class SettingsReaderTests
{
    [Fact]
    public void What_is_left_out_gets_its_default_at_every_depth()
    {
        var settings = Read<SampleSettings>("""{ "host": "h", "inner": {} }""", SampleJson.Default.SampleSettings);

        Assert.Equal(502, settings.Port);
        Assert.Equal(TimeSpan.FromMilliseconds(250), settings.Wait);
        Assert.Null(settings.Linger);
        Assert.Equal([1], settings.Units);
        Assert.Equal(SampleMode.Careful, settings.Mode);
        Assert.Equal(5, settings.Inner.Depth);
        Assert.Equal(7, Read<SampleSettings>("""{ "host": "h" }""", SampleJson.Default.SampleSettings).Inner.Depth);
    }

    [Fact]
    public void What_is_given_is_kept()
    {
        var settings = Read<SampleSettings>("""{ "host": "h", "port": 1502, "wait": "2s", "linger": "1m" }""", SampleJson.Default.SampleSettings);

        Assert.Equal((1502, TimeSpan.FromSeconds(2), TimeSpan.FromMinutes(1)), (settings.Port, settings.Wait, settings.Linger));
    }

    [Theory]
    [InlineData("""{ "host": "h", "prt": 1 }""", "$.prt", "'prt' is not known here: expected one of host, port,")]
    [InlineData("""{ "host": "h", "inner": { "dpth": 1 } }""", "$.inner.dpth", "'dpth' is not known here: expected one of depth.")]
    [InlineData("""{ "host": "h", "port": "x" }""", "$.port", "The JSON value could not be converted to")]
    [InlineData("""{ "host": "h", "wait": "soon" }""", "$.wait", "Expected a duration such as")]
    [InlineData("""{ "host": null }""", "$.host", "doesn't allow null values")]
    [InlineData("[]", "$", "The channel settings are a list: expected an object in braces.")]
    public void What_cannot_be_read_says_where_and_why(string json, string path, string message)
    {
        var mistake = Assert.Throws<SettingsException>(() => Read<SampleSettings>(json, SampleJson.Default.SampleSettings));

        Assert.Equal(path, mistake.Path);
        Assert.Contains(message, mistake.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("LineNumber", mistake.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_required_parameter_is_named()
    {
        var mistake = Assert.Throws<SettingsException>(() => Read<SampleAddress>("{}", SampleJson.Default.SampleAddress));

        Assert.Contains("'address'", mistake.Message, StringComparison.Ordinal);
    }

    private static T Read<T>(string json, JsonTypeInfo typeInfo)
    {
        using var document = JsonDocument.Parse(json);
        return (T)SettingsReader.Read(document.RootElement, typeInfo, "channel settings");
    }
}
