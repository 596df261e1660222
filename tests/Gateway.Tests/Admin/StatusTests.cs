using System.Text.Json;
using BridgeFramework.Configuration;

namespace BridgeFramework.Gateway.Tests;

public sealed class StatusTests
{
    private const string OneChannel = """{ "line1": { "driver": "nothere", "devices": [ { "id": "SUBPROD001/test1" } ] } }""";

    [Fact]
    public async Task A_gateway_with_nothing_amiss_is_ok()
    {
        await using var bench = await GatewayBench.CreateAsync();
        await bench.StartAsync();

        var status = await bench.BridgeAsync("status");

        Assert.Equal((0, ""), (status.Code, status.Error));
        Assert.StartsWith("GWPROD0001/test01  OK\n", status.Output, StringComparison.Ordinal);
        Assert.Contains("2 sub-devices: 2 not in use\n", status.Output, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', status.Output);
        Assert.DoesNotContain(" \n", status.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_not_well_comes_first_and_makes_it_degraded()
    {
        await using var bench = await GatewayBench.CreateAsync(OneChannel);
        Directory.CreateDirectory(Path.Combine(bench.Folder, "plugins", "broken"));
        await File.WriteAllTextAsync(
            Path.Combine(bench.Folder, "plugins", "broken", "broken.dll"), "no DLL", TestContext.Current.CancellationToken);
        await bench.StartAsync();

        var status = await bench.BridgeAsync("status");

        Assert.Equal(1, status.Code);
        Assert.StartsWith("GWPROD0001/test01  DEGRADED\n", status.Output, StringComparison.Ordinal);
        Assert.Matches("(?m)^! +broken +- +not loaded", status.Output);
        Assert.Matches("(?m)^! +line1 +nothere +no driver ", status.Output);
        Assert.Matches("(?m)^! +SUBPROD001/test1 .*\n +SUBPROD001/dev1 ", status.Output);
    }

    [Fact]
    public async Task A_gateway_without_its_hub_is_down()
    {
        await using var bench = await GatewayBench.CreateAsync();
        await bench.StartAsync();
        await bench.Hub.StopBrokerAsync();
        await bench.HubSees(GatewayBench.Gateway, gateway => !gateway.Connected);

        // The other end learns of it a moment later than the hub does.
        var told = await bench.BridgeAsync("device bind SUBPROD001/test1");
        Assert.Equal((1, "There is no connection to the hub: 'bridge status' says why.\n"), (told.Code, told.Error));
        var status = await bench.BridgeAsync("status");

        Assert.Equal(2, status.Code);
        Assert.StartsWith("GWPROD0001/test01  DOWN\n", status.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_json_of_a_status_has_the_documented_form()
    {
        await using var bench = await GatewayBench.CreateAsync(OneChannel);
        await bench.StartAsync();

        var status = await bench.BridgeJsonAsync("status");

        Assert.Equal("degraded", status.GetProperty("state").GetString());
        Assert.Equal("GWPROD0001/test01", status.GetProperty("gateway").GetString());
        Assert.Equal("state gateway version now startedAt uptime hub queue process firmware plugins channels devices", Members(status));
        Assert.Equal(("online", true), (
            status.GetProperty("hub").GetProperty("state").GetString(), status.GetProperty("hub").GetProperty("ok").GetBoolean()));
        Assert.Equal("waitingForDriver", status.GetProperty("channels")[0].GetProperty("state").GetString());
        Assert.Equal("id ok channel presence hub order commands reason", Members(status.GetProperty("devices")[0]));
    }

    [Fact]
    public async Task A_sub_device_is_shown_with_its_points_and_never_with_its_secret()
    {
        await using var bench = await GatewayBench.CreateAsync("""
            { "line1": { "driver": "nothere", "devices": [ { "id": "SUBPROD001/test1", "secret": "EBESExQVFhcYGRobHB0eHw==",
              "points": { "voltage": { "at": {}, "unit": "V", "interval": "10s" } } } ] } }
            """);
        await bench.StartAsync();

        var shown = await bench.BridgeAsync("device show SUBPROD001/test1");

        Assert.Equal((0, ""), (shown.Code, shown.Error));
        Assert.Matches("(?m)^ +voltage +- +V +read +10s$", shown.Output);
        Assert.Contains("it can be bound from here", shown.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(
            GatewayBench.Secret, shown.Output + await bench.BridgeJsonAsync("device show SUBPROD001/test1"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("SUBPROD001/tset1", "did you mean 'SUBPROD001/test1'?")]
    [InlineData("test1", "did you mean 'SUBPROD001/test1'?")]
    [InlineData("something/else", "'bridge device list' shows those it has.")]
    [InlineData("x&id=SUBPROD001/test1&y=%2F#?", "'bridge device list' shows those it has.")]
    public async Task An_unknown_sub_device_is_a_mistake_with_a_hint(string id, string hint)
    {
        await using var bench = await GatewayBench.CreateAsync();
        await bench.StartAsync();

        foreach (string line in new[] { "show", "online", "offline", "bind", "unbind" })
            Assert.Equal(new(2, "", $"This gateway has no sub-device '{id}': {hint}\n"), await bench.BridgeAsync($"device {line} {id}"));
        Assert.Equal("unknownDevice", (await bench.BridgeJsonAsync($"device show {id}")).GetProperty("error").GetString());
    }

    [Fact]
    public async Task The_hub_s_list_marks_what_differs()
    {
        await using var bench = await GatewayBench.CreateAsync(test1BoundTo: GatewayBench.Gateway);
        var stranger = new IotHubEmulator.HubDeviceId("SUBPROD009", "stranger");
        bench.Hub.AddDevice(new() { Id = stranger, Kind = IotHubEmulator.HubDeviceKind.SubDevice, BoundTo = GatewayBench.Gateway });
        await bench.StartAsync();

        var list = await bench.BridgeAsync("hub list");

        Assert.Equal((0, ""), (list.Code, list.Error));
        Assert.Matches("(?m)^! +SUBPROD001/dev1 +not bound +device_info.json +configured here, but not bound$", list.Output);
        Assert.Matches("(?m)^! +SUBPROD009/stranger +bound +nowhere +bound, but not configured here$", list.Output);
        Assert.Matches("(?m)^ +SUBPROD001/test1 +bound +device_info.json$", list.Output);
        var json = await bench.BridgeJsonAsync("hub list");
        Assert.Equal(3, json.GetProperty("devices").GetArrayLength());
        Assert.False(json.GetProperty("mayBePartial").GetBoolean());
    }

    private static string Members(JsonElement value)
    {
        var names = new List<string>();
#pragma warning disable IDISP004 // foreach disposes the enumerator
        foreach (var member in value.EnumerateObject()) names.Add(member.Name);
#pragma warning restore IDISP004
        return string.Join(' ', names);
    }
}
