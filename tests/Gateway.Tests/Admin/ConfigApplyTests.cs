using System.Text.Json;
using BridgeFramework.Outbox;
using Microsoft.Extensions.Time.Testing;

namespace BridgeFramework.Gateway.Tests;

public sealed class ConfigApplyTests
{
    private const string One = """{ "line1": { "driver": "nothere", "devices": [ { "id": "SUBPROD001/test1" } ] } }""";
    private const string Two = """
        { "line1": { "driver": "nothere", "devices": [ { "id": "SUBPROD001/test1" } ] },
          "line2": { "driver": "nothere", "devices": [ { "id": "SUBPROD001/dev1" } ] } }
        """;

    private const string Broken = """{ "line1": { "drivr": "nothere" } }""";

    [Fact]
    public async Task What_differs_is_printed_and_in_force_and_then_there_is_nothing_to_do()
    {
        await using var bench = await GatewayBench.CreateAsync(One);
        await bench.StartAsync();
        await bench.ConfigureAsync(Two);

        var told = await bench.BridgeAsync("config apply");

        Assert.Equal(0, told.Code);
        Assert.Equal(
            """
            Channels
              + line2: 1 sub-device
            Sub-devices
              + SUBPROD001/dev1 on line2
            The configuration files are in force. No channel started anew.

            """.ReplaceLineEndings("\n"),
            told.Output);
        Assert.Contains("no plugin brings the driver", told.Error, StringComparison.Ordinal); // as `validate` warns
        Assert.Equal("line2", (await DeviceAsync(bench, "SUBPROD001/dev1")).GetProperty("channel").GetString());
        told = await bench.BridgeAsync("config apply");
        Assert.Equal((0, "The configuration files say what runs already: there is nothing to do.\n"), (told.Code, told.Output));
    }

    [Fact]
    public async Task A_dry_run_says_the_same_and_changes_nothing()
    {
        await using var bench = await GatewayBench.CreateAsync(One);
        await bench.StartAsync();
        await bench.ConfigureAsync(Two);

        var told = await bench.BridgeAsync("config apply --dry-run");

        Assert.Equal(0, told.Code);
        Assert.Contains("  + SUBPROD001/dev1 on line2\n", told.Output, StringComparison.Ordinal);
        Assert.EndsWith(
            "Nothing has been changed: 'bridge config apply' applies this. No channel would start anew.\n",
            told.Output,
            StringComparison.Ordinal);
        Assert.False((await DeviceAsync(bench, "SUBPROD001/dev1")).TryGetProperty("channel", out _));
    }

    [Fact]
    public async Task A_channel_with_other_settings_starts_anew_and_is_named()
    {
        await using var bench = await GatewayBench.CreateAsync(One);
        await bench.StartAsync();
        await bench.ConfigureAsync(One.Replace("nothere", "notthere", StringComparison.Ordinal));

        var told = await bench.BridgeAsync("config apply");

        Assert.Equal(0, told.Code);
        Assert.Contains("  ~ line1: driver nothere -> notthere (starts anew)\n", told.Output, StringComparison.Ordinal);
        Assert.EndsWith("These channels started anew: line1.\n", told.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("config apply")]
    [InlineData("config apply --dry-run")]
    public async Task Most_sub_devices_go_only_where_that_is_confirmed(string line)
    {
        await using var bench = await GatewayBench.CreateAsync(Two);
        await bench.StartAsync();
        await bench.ConfigureAsync("{}");

        var told = await bench.BridgeAsync(line);

        Assert.Equal(1, told.Code);
        Assert.Contains("  - line1\n", told.Output, StringComparison.Ordinal);
        Assert.Equal(
            "Nothing has been changed: 2 of 2 sub-devices would be removed. Where that is meant, order 'bridge config apply --yes'.\n",
            told.Error);
        Assert.Equal("line1", (await DeviceAsync(bench, "SUBPROD001/test1")).GetProperty("channel").GetString());
        told = await bench.BridgeAsync(line + " --yes");
        Assert.Equal((0, ""), (told.Code, told.Error));
    }

    [Fact]
    public async Task What_needs_a_restart_is_named_and_all_is_refused_and_the_status_says_so()
    {
        await using var bench = await GatewayBench.CreateAsync(One);
        await bench.StartAsync();
        await bench.ConfigureAsync(Two, """ "uplink": { "storage": "memory" } """);

        var told = await bench.BridgeAsync("config apply --yes");

        Assert.Equal(1, told.Code);
        Assert.Contains("  ! uplink.storage disk -> memory (needs a restart)\n", told.Output, StringComparison.Ordinal);
        Assert.EndsWith(
            "Nothing has been changed: a restart of the gateway is needed for uplink.storage.\n", told.Error, StringComparison.Ordinal);
        Assert.False((await DeviceAsync(bench, "SUBPROD001/dev1")).TryGetProperty("channel", out _));
        var configuration = await ConfigurationAsync(bench);
        Assert.Equal(("refused", false), (
            configuration.GetProperty("state").GetString(), configuration.GetProperty("ok").GetBoolean()));
    }

    [Fact]
    public async Task Mistakes_are_said_as_validate_says_them_and_nothing_changes()
    {
        await using var bench = await GatewayBench.CreateAsync(One);
        await bench.StartAsync();
        await bench.ConfigureAsync(Broken);
        var validated = await bench.BridgeAsync("validate");

        var told = await bench.BridgeAsync("config apply --yes");

        Assert.Equal(new(2, "", validated.Error + "Nothing has been changed: the configuration has mistakes.\n"), told);
        Assert.Equal("line1", (await DeviceAsync(bench, "SUBPROD001/test1")).GetProperty("channel").GetString());
    }

    [Fact]
    public async Task A_gateway_is_ordered_about_whose_file_is_no_json_any_more()
    {
        await using var bench = await GatewayBench.CreateAsync(One);
        await bench.StartAsync();
        await File.WriteAllTextAsync(Path.Combine(bench.Folder, "bridge.json"), "{", TestContext.Current.CancellationToken);

        var told = await bench.BridgeAsync("config apply");

        Assert.Equal(2, told.Code);
        Assert.StartsWith("bridge.json:1:", told.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("config apply")]
    [InlineData("config apply --dry-run")]
    [InlineData("config show --running")]
    public async Task Where_no_gateway_runs_there_is_nobody_to_take_it_over(string line)
    {
        await using var bench = await GatewayBench.CreateAsync();

        Assert.Equal(new(1, "", $"No gateway is running on {bench.Data}: start it with 'bridge run'.\n"), await bench.BridgeAsync(line));
    }

    [Fact]
    public async Task The_json_has_what_differs_and_what_came_of_it()
    {
        await using var bench = await GatewayBench.CreateAsync(One);
        await bench.StartAsync();
        await bench.ConfigureAsync(Two, """ "firmware": { "downloads": 1 } """);

        var dry = await bench.BridgeJsonAsync("config apply --dry-run");
        var applied = await bench.BridgeJsonAsync("config apply");

        Assert.Equal("applicable", dry.GetProperty("outcome").GetString());
        Assert.Equal(("applied", "none"), (
            applied.GetProperty("outcome").GetString(), applied.GetProperty("refusal").GetString()));
        var diff = applied.GetProperty("diff");
        Assert.Equal("SUBPROD001/dev1 line2 added", string.Join(' ', Texts(diff.GetProperty("subDevices")[0], "id", "channel", "change")));
        Assert.Equal("line2 added", string.Join(' ', Texts(diff.GetProperty("channels")[0], "name", "change")));
        var setting = diff.GetProperty("gateway")[0];
        Assert.Equal("firmware.downloads", setting.GetProperty("setting").GetProperty("path").GetString());
        Assert.Equal("atOnce", setting.GetProperty("effect").GetString());
        Assert.Equal("notRunning", await StoppedErrorAsync(bench));
    }

    [Fact]
    public async Task An_order_that_lasts_is_said_to_go_on()
    {
        var time = new FakeTimeProvider();
        using var error = new StringWriter { NewLine = "\n" };
        var asking = new TaskCompletionSource();

        var saying = ConfigApplyCommand.SayThatItLastsAsync(asking.Task, error, time);
        time.Advance(TimeSpan.FromSeconds(4.9));
        string before = error.ToString();
        time.Advance(TimeSpan.FromSeconds(0.1));
        asking.SetResult();
        await saying;

        Assert.Empty(before);
        Assert.StartsWith("The gateway is still at it: ", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_removed_sub_device_is_shown_as_long_as_it_leaves_and_is_no_trouble()
    {
        await using var bench = await GatewayBench.CreateAsync(One);
        await using (var outbox = LaneOutbox.Open(Path.Combine(bench.Data, "outbox"), new OutboxOptions(), TimeProvider.System))
            await outbox.AppendAsync("SUBPROD001/test1", new byte[20], items: 8, filtered: 0, TestContext.Current.CancellationToken);
        await bench.StartAsync();
        // What waits is sent, and it is taken offline at the hub, only with a connection.
        await bench.Hub.StopBrokerAsync();
        await bench.HubSees(GatewayBench.Gateway, gateway => !gateway.Connected);
        await bench.ConfigureAsync("{}");
        await File.WriteAllTextAsync(
            Path.Combine(bench.Folder, "device_info.json"),
            """{ "productId": "GWPROD0001", "deviceName": "test01", "key_deviceinfo": { "deviceSecret": "AAECAwQFBgcICQoLDA0ODw==" } }""",
            TestContext.Current.CancellationToken);

        var told = await bench.BridgeAsync("config apply --yes");

        Assert.Equal((0, ""), (told.Code, told.Error));
        Assert.Contains("SUBPROD001/test1 (leaves: ", told.Output, StringComparison.Ordinal);
        var status = await bench.BridgeAsync("status");
        Assert.Contains("1 sub-device: 1 leaving\n", status.Output, StringComparison.Ordinal);
        Assert.Matches("(?m)^  SUBPROD001/test1 +[a-z ]+, leaving .*It is not in the configuration any more", status.Output);
        var device = await DeviceAsync(bench, "SUBPROD001/test1");
        Assert.True(device.GetProperty("leaving").GetBoolean());
        Assert.True(device.GetProperty("ok").GetBoolean());
        Assert.Matches(@"(?m)^  SUBPROD001/test1 \(leaving\) +8 +0 +8 ", (await bench.BridgeAsync("ledger")).Output);
        var shown = await bench.BridgeAsync("device show SUBPROD001/test1");
        Assert.Equal((0, ""), (shown.Code, shown.Error));
        Assert.Contains(", leaving\n", shown.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", shown.Output, StringComparison.Ordinal);
    }

    private static async Task<string?> StoppedErrorAsync(GatewayBench bench)
    {
        await bench.StopAsync();
        return (await bench.BridgeJsonAsync("config apply")).GetProperty("error").GetString();
    }

    private static IEnumerable<string?> Texts(JsonElement value, params string[] names) =>
        names.Select(name => value.GetProperty(name).GetString());

    private static async Task<JsonElement> ConfigurationAsync(GatewayBench bench) =>
        (await bench.BridgeJsonAsync("status")).GetProperty("configuration");

    private static async Task<JsonElement> DeviceAsync(GatewayBench bench, string id)
    {
        var devices = (await bench.BridgeJsonAsync("device list")).GetProperty("devices");
        return Enumerable.Range(0, devices.GetArrayLength()).Select(i => devices[i])
            .Single(device => string.Equals(device.GetProperty("id").GetString(), id, StringComparison.Ordinal));
    }
}
