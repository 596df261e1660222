using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;

namespace BridgeFramework.Gateway.Tests;

public sealed class FirmwareTests
{
    private const string Test1 = "SUBPROD001/test1";
    private const string Dev1 = "SUBPROD001/dev1";
    private const string Signature = "q-signature=0123456789abcdef";

    /// <summary>Its driver never comes, so that an update stays where it is.</summary>
    private const string OneChannel = """{ "line1": { "driver": "nothere", "devices": [ { "id": "SUBPROD001/test1" }, { "id": "SUBPROD001/dev1" } ] } }""";

    [Fact]
    public async Task A_gateway_without_updates_says_how_one_comes_about()
    {
        await using var bench = await GatewayBench.CreateAsync();
        await bench.StartAsync();

        var list = await bench.BridgeAsync("firmware list");

        Assert.Equal((0, ""), (list.Code, list.Error));
        Assert.StartsWith("No device has a firmware update: order one in the hub's console.", list.Output, StringComparison.Ordinal);
        Assert.Equal(0, (await bench.BridgeJsonAsync("firmware list")).GetProperty("updates").GetArrayLength());
        Assert.DoesNotContain("firmware", (await bench.BridgeAsync("status")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Updates_are_listed_with_what_is_under_way_first_and_no_address()
    {
        await using var bench = await GatewayBench.CreateAsync(OneChannel);
        await LeaveUpdateAsync(bench, Dev1, "failed", "The file is another one.", """, "code": "WrongDigest" """);
        await LeaveUpdateAsync(bench, Test1, "handingOver", more: """, "hasBegun": true, "failures": 2, "next": { "version": "3.0.0", "size": 7, "md5": "0123456789abcdef0123456789abcdef", "url": "http://127.0.0.1/?q-signature=x" } """);
        await bench.StartAsync();

        var list = await bench.BridgeAsync("firmware list");
        var shown = await bench.BridgeAsync($"firmware show {Test1}");
        var failed = await bench.BridgeAsync($"firmware show {Dev1}");
        var device = await bench.BridgeAsync($"device show {Test1}");
        var status = await bench.BridgeAsync("status");
        string json = await bench.BridgeJsonAsync("firmware list") + (await bench.BridgeAsync($"firmware show {Test1} --json")).Output;

        Assert.Equal((0, ""), (list.Code, list.Error));
        Assert.Matches(
            $"""
            ^  device +channel +versions +phase +progress +why
              {Test1} +line1 +1\.0\.0 -> 2\.0\.0 +being handed over +\[-+\]   0 %
            ! {Dev1} +line1 +1\.0\.0 -> 2\.0\.0 +failed +The file is another one\.

            2 updates: 1 under way, 1 failed\. Images kept: 0 bytes\.
            $
            """,
            list.Output);
        Assert.Matches("(?m)^next +3\\.0\\.0, when this one has ended$", shown.Output);
        Assert.Matches("(?m)^failures +2 hand-overs failed$", shown.Output);
        Assert.Matches("(?m)^result +-4 \\(the file is not the one that was announced\\)$", failed.Output);
        Assert.Matches("(?m)^hub +does not know yet how it ended$", failed.Output);
        Assert.Matches("(?m)^update +1\\.0\\.0 -> 2\\.0\\.0 being handed over, \\[-+\\]   0 %$", device.Output);
        Assert.Matches("(?m)^firmware +1 under way, 1 failed: bridge firmware list$", status.Output);
        Assert.DoesNotContain("q-signature", list.Output + shown.Output + failed.Output + device.Output + status.Output + json, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_json_of_updates_has_the_documented_form()
    {
        await using var bench = await GatewayBench.CreateAsync(OneChannel);
        await LeaveUpdateAsync(bench, Dev1, "failed", "There is no such file.", """, "code": "NotFound" """);
        await LeaveUpdateAsync(bench, Test1, "held");
        await bench.StartAsync();

        var list = await bench.BridgeJsonAsync("firmware list");

        Assert.Equal("""{"underWay":1,"held":1,"done":0,"failed":1}""", Compact(list.GetProperty("counts")));
        Assert.Equal((0, "held", "failed"), (list.GetProperty("imageBytes").GetInt64(), Text(list.GetProperty("updates")[0], "phase"), Text(list.GetProperty("updates")[1], "phase")));
        var failed = await bench.BridgeJsonAsync($"firmware show {Dev1}");
        Assert.Equal(("notFound", -2, false), (Text(failed, "result"), failed.GetProperty("resultCode").GetInt32(), failed.GetProperty("reported").GetBoolean()));
        Assert.False((await bench.BridgeJsonAsync($"firmware show {Test1}")).TryGetProperty("resultCode", out _));
        Assert.Equal("held", Text((await bench.BridgeJsonAsync($"device show {Test1}")).GetProperty("update"), "phase"));
        Assert.Equal(1, (await bench.BridgeJsonAsync("status")).GetProperty("firmware").GetProperty("failed").GetInt32());
    }

    [Fact]
    public async Task An_operator_approves_cancels_and_retries_and_hears_what_came_of_it()
    {
        // It takes the connection and never answers: the download stays where it is.
        using var deaf = new TcpListener(IPAddress.Loopback, 0);
        deaf.Start();
        await using var bench = await GatewayBench.CreateAsync(OneChannel);
        await LeaveUpdateAsync(bench, Test1, "held", port: ((IPEndPoint)deaf.LocalEndpoint).Port);
        await bench.StartAsync();

        Assert.Equal(NotPossible("has not failed: it is held for approval"), await bench.BridgeAsync($"firmware retry {Test1}"));
        Assert.Equal(Done("is approved and begins: 'bridge firmware show SUBPROD001/test1' says how far it is"), await bench.BridgeAsync($"firmware approve {Test1}"));
        Assert.Equal(NotPossible("does not wait for approval: it is downloading"), await bench.BridgeAsync($"firmware approve {Test1}"));
        Assert.Equal(Done("is cancelled, and the hub hears that it failed"), await bench.BridgeAsync($"firmware cancel {Test1}"));
        Assert.Equal(NotPossible("cannot be cancelled: it is failed"), await bench.BridgeAsync($"firmware cancel {Test1}"));
        Assert.Matches("(?m)^why +An operator of the gateway has cancelled it\\.$", (await bench.BridgeAsync($"firmware show {Test1}")).Output);
        Assert.Equal(Done("is tried once more: 'bridge firmware show SUBPROD001/test1' says how far it is"), await bench.BridgeAsync($"firmware retry {Test1}"));
        Assert.Equal(NotPossible("has not failed: it is downloading"), await bench.BridgeAsync($"firmware retry {Test1}"));
        var refused = await bench.BridgeJsonAsync($"firmware approve {Test1}");
        Assert.Equal("notPossible", Text(refused, "error"));

        static GatewayBench.Told Done(string what) => new(0, $"The update of {Test1} {what}.\n", "");
        static GatewayBench.Told NotPossible(string why) => new(1, "", $"The update of {Test1} to 2.0.0 {why}.\n");
    }

    [Theory]
    [InlineData("SUBPROD001/tset1", "did you mean 'SUBPROD001/test1'?")]
    [InlineData("test1", "did you mean 'SUBPROD001/test1'?")]
    [InlineData("x&id=SUBPROD001/test1&y=%2F#?", "'bridge device list' shows those it has.")]
    public async Task An_unknown_device_is_a_mistake_with_a_hint(string id, string hint)
    {
        await using var bench = await GatewayBench.CreateAsync();
        await bench.StartAsync();

        foreach (string line in new[] { "show", "approve", "cancel", "retry" })
            Assert.Equal(new(2, "", $"This gateway has no sub-device '{id}': {hint}\n"), await bench.BridgeAsync($"firmware {line} {id}"));
        Assert.Equal("unknownDevice", Text(await bench.BridgeJsonAsync($"firmware show {id}"), "error"));
    }

    [Theory]
    [InlineData("SUBPROD001/test1")] // in device_info.json only
    [InlineData("SUBPROD001/dev1")]
    [InlineData("GWPROD0001/test01")]
    public async Task A_device_without_an_update_takes_no_order_for_one(string id)
    {
        await using var bench = await GatewayBench.CreateAsync("""{ "line1": { "driver": "nothere", "devices": [ { "id": "SUBPROD001/dev1" } ] } }""");
        await bench.StartAsync();

        foreach (string line in new[] { "show", "approve", "cancel", "retry" })
            Assert.Equal(new(1, "", $"{id} has no firmware update: the hub has not ordered one.\n"), await bench.BridgeAsync($"firmware {line} {id}"));
        Assert.Equal("notPossible", Text(await bench.BridgeJsonAsync($"firmware show {id}"), "error"));
    }

    [Fact]
    public async Task An_update_of_the_gateway_itself_is_one_of_them()
    {
        await using var bench = await GatewayBench.CreateAsync();
        bench.Hub.AddFirmware("GWPROD0001", "99.0.0", new byte[100]);
        await bench.Hub.StartFirmwareTaskAsync(GatewayBench.Gateway, "99.0.0");
        await bench.StartAsync();
        await bench.Hub.WaitForFirmwareTaskAsync(GatewayBench.Gateway, task => task.State == IotHubEmulator.FirmwareTaskState.Failed, TestContext.Current.CancellationToken)
            .WaitAsync(TimeSpan.FromSeconds(30), TimeProvider.System, TestContext.Current.CancellationToken);

        var list = await bench.BridgeAsync("firmware list");
        var shown = await bench.BridgeAsync("firmware show GWPROD0001/test01");

        Assert.Matches("(?m)^! GWPROD0001/test01 +- +0\\.1\\.0 -> 99\\.0\\.0 +failed +This gateway does not update itself: ", list.Output);
        Assert.Contains("it is the gateway itself", shown.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("firmware")]
    [InlineData("firmware show")]
    [InlineData("firmware aprove SUBPROD001/test1")]
    public async Task A_command_line_that_is_not_understood_is_a_mistake(string line)
    {
        await using var bench = await GatewayBench.CreateAsync();

        Assert.Equal(2, (await bench.BridgeAsync(line)).Code);
    }

    /// <summary>Has the gateway find an update that an earlier run of it left.</summary>
    private static async Task LeaveUpdateAsync(GatewayBench bench, string device, string phase, string reason = "", string more = "", int port = 9)
    {
        string folder = Path.Combine(bench.Data, "firmware", "updates");
        Directory.CreateDirectory(folder);
        await File.WriteAllTextAsync(
            Path.Combine(folder, device.Replace('/', '-') + ".json"),
            string.Create(CultureInfo.InvariantCulture, $$"""
                { "device": "{{device}}", "phase": "{{phase}}", "createdAt": "2026-01-02T03:04:05Z", "from": "1.0.0", "reason": "{{reason}}",
                  "task": { "version": "2.0.0", "size": 1000, "md5": "0123456789abcdef0123456789abcdef", "url": "http://127.0.0.1:{{port}}/x?{{Signature}}" }{{more}} }
                """),
            TestContext.Current.CancellationToken);
    }

    private static string? Text(JsonElement value, string name) => value.GetProperty(name).GetString();

    private static string Compact(JsonElement value) => JsonSerializer.Serialize(value);
}
