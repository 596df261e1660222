using System.Text.Json;

namespace BridgeFramework.Configuration.Tests;

public sealed class ConfigurationPrinterTests : IDisposable
{
    private readonly ConfigurationFolder _folder = new();

    public ConfigurationPrinterTests() => _folder.WriteSecret("test1", "s");

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void What_is_printed_loads_again_and_means_the_same(bool expanded)
    {
        var printed = ConfigurationFolder.Printed(_folder.Load(ConfigurationFolder.Example, "hub.port=1999"), expanded);

        var again = _folder.Load(printed);

        Assert.All(again.Mistakes, m => Assert.True(m.IsWarning, m.ToString()));
        // ! shown by the line above
        Assert.Equal(Meaning(_folder.LoadValid(ConfigurationFolder.Example, "hub.port=1999")), Meaning(again.Plan!));
        Assert.Equal(WithoutComments(printed), WithoutComments(ConfigurationFolder.Printed(again, expanded)));
    }

    [Theory]
    [InlineData("\"host\": \"127.0.0.1\",   // bridge.json:2\n")]
    [InlineData("\"port\": 1999,   // environment BRIDGE__hub__port\n")]
    [InlineData("\"port\": 1503   // command line --set channels.line1.settings.port\n")]
    [InlineData("\"keepAlive\": \"240s\",   // default\n")]
    [InlineData("\"id\": \"SUBPROD001/m02\",   // bridge.json:16 (n=2)\n")]
    [InlineData("\"secret\": \"***\",   // bridge.json:15, file:secrets/test1\n")]
    [InlineData("\"unit\": \"V\",   // bridge.json:9\n")]
    public void The_origin_of_each_value_stands_behind_it(string line)
    {
        _folder.Environment["BRIDGE__hub__port"] = "1999";

        Assert.Contains(
            line,
            ConfigurationFolder.Printed(_folder.Load(ConfigurationFolder.Example, "channels.line1.settings.port=1503"), expanded: true),
            StringComparison.Ordinal);
    }

    [Fact]
    public void Every_setting_of_the_uplink_is_printed_even_if_nobody_has_written_it()
    {
        string printed = ConfigurationFolder.Printed(_folder.Load("""{ "uplink": { "latency": "5s" }, "products": { "P": {} } }"""), expanded: true);

        string[] lines =
        [
            "\"latency\": \"5s\",   // bridge.json:1\n", "\"maxBytes\": 268435456,   // default\n",
                "\"maxDeviceBytes\": 33554432,   // default\n",
            "\"maxAge\": \"30d\",   // default\n", "\"commitInterval\": \"1s\",   // default\n", "\"liveShare\": 70,   // default\n",
            "\"badInterval\": \"10m\",   // default\n",
            "\"leaveFor\": \"10m\",   // default\n", "\"reload\": \"manual\"   // default\n",
            "\"storage\": \"disk\"   // default\n", "\"format\": \"plain\"   // default\n", "\"whenFull\": \"dropOldest\"   // default\n",
        ];
        Assert.All(lines, line => Assert.Contains(line, printed, StringComparison.Ordinal));
    }

    [Fact]
    public void A_name_with_a_line_break_cannot_leave_its_comment()
    {
        _folder.Environment["BRIDGE__plugins__folder\n, \"x\": 1 }"] = "p";
        _folder.Environment["BRIDGE__channels__c__driver"] = "d";
        _folder.Environment["BRIDGE__channels__c__settings__a\nb"] = "1";

        string printed = ConfigurationFolder.Printed(_folder.Load("{}"), expanded: true);

        Assert.Contains("\"a\\nb\": 1   // environment BRIDGE__channels__c__settings__a b\n", printed, StringComparison.Ordinal);
    }

    /// <summary>Everything but the secrets, which are not printed.</summary>
    private static string Meaning(GatewayPlan configuration) => JsonSerializer.Serialize(configuration with
    {
        Channels = [.. configuration.Channels.Select(c => c with { Devices = [.. c.Devices.Select(d => d with { Secret = null })] })],
    });

    private static string WithoutComments(string text) => string.Join('\n', text.Split('\n').Select(line => line.Split("   //")[0]));
}
