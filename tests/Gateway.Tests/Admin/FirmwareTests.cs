using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using BridgeFramework.Testing;

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
        Assert.DoesNotContain(
            "q-signature", list.Output + shown.Output + failed.Output + device.Output + status.Output + json, StringComparison.Ordinal);
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
        Assert.Equal((0, "held", "failed"), (list.GetProperty("imageBytes").GetInt64(), Text(list.GetProperty("updates")[0], "phase"), Text(
            list.GetProperty("updates")[1], "phase")));
        var failed = await bench.BridgeJsonAsync($"firmware show {Dev1}");
        Assert.Equal(("notFound", -2, false), (
            Text(failed, "result"), failed.GetProperty("resultCode").GetInt32(), failed.GetProperty("reported").GetBoolean()));
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
        Assert.Equal(Done("is approved and begins: 'bridge firmware show SUBPROD001/test1' says how far it is"), await bench.BridgeAsync(
            $"firmware approve {Test1}"));
        Assert.Equal(NotPossible("does not wait for approval: it is downloading"), await bench.BridgeAsync($"firmware approve {Test1}"));
        Assert.Equal(Done("is cancelled, and the hub hears that it failed"), await bench.BridgeAsync($"firmware cancel {Test1}"));
        Assert.Equal(NotPossible("cannot be cancelled: it is failed"), await bench.BridgeAsync($"firmware cancel {Test1}"));
        Assert.Matches(
            "(?m)^why +An operator of the gateway has cancelled it\\.$", (await bench.BridgeAsync($"firmware show {Test1}")).Output);
        Assert.Equal(Done("is tried once more: 'bridge firmware show SUBPROD001/test1' says how far it is"), await bench.BridgeAsync(
            $"firmware retry {Test1}"));
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
            Assert.Equal(new(1, "", $"{id} has no firmware update: the hub has not ordered one.\n"), await bench.BridgeAsync(
                $"firmware {line} {id}"));
        Assert.Equal("notPossible", Text(await bench.BridgeJsonAsync($"firmware show {id}"), "error"));
    }

    [Fact]
    public async Task An_update_of_the_gateway_itself_is_one_of_them()
    {
        await using var bench = await GatewayBench.CreateAsync();
        bench.Hub.AddFirmware("GWPROD0001", "99.0.0", new byte[100]);
        await bench.Hub.StartFirmwareTaskAsync(GatewayBench.Gateway, "99.0.0");
        await bench.StartAsync();
        await HubHearsAsync(bench, GatewayBench.Gateway, IotHubEmulator.FirmwareTaskState.Failed);

        var list = await bench.BridgeAsync("firmware list");
        var shown = await bench.BridgeAsync("firmware show GWPROD0001/test01");

        Assert.Matches("(?m)^! GWPROD0001/test01 +- +0\\.1\\.0 -> 99\\.0\\.0 +failed +This gateway does not update itself: ", list.Output);
        Assert.Contains("it is the gateway itself", shown.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_update_of_the_gateway_itself_is_held_and_takes_the_orders_that_any_other_takes()
    {
        const string Gateway = "GWPROD0001/test01";
        const int PhaseChanged = 4641;
        await using var bench = await GatewayBench.CreateAsync(
            more: """ "firmware": { "gatewayCommand": [ "/bin/true" ], "gateway": { "holdForApproval": true } } """);
        bench.Hub.AddFirmware("GWPROD0001", "99.0.0", new byte[100]);
        await bench.Hub.StartFirmwareTaskAsync(GatewayBench.Gateway, "99.0.0");
        var held = bench.NextLogged(PhaseChanged);
        await bench.StartAsync();
        await held;

        Assert.Matches(
            $"(?m)^ +{Gateway} +- +0\\.1\\.0 -> 99\\.0\\.0 +held for approval +It waits for an operator",
            (await bench.BridgeAsync("firmware list")).Output);
        Assert.Equal("held", Text(await bench.BridgeJsonAsync($"firmware show {Gateway}"), "phase"));

        Assert.Equal(0, (await bench.BridgeAsync($"firmware approve {Gateway}")).Code);
        await bench.Hub.WaitForFirmwareTaskAsync(
            GatewayBench.Gateway, task => task.State == IotHubEmulator.FirmwareTaskState.Burning, TestContext.Current.CancellationToken)
            .OrFail("the hub hears that it burns");
        Assert.Equal(
            new(1, "", $"The update of {Gateway} to 99.0.0 does not wait for approval: it is being confirmed.\n"),
            await bench.BridgeAsync($"firmware approve {Gateway}"));

        Assert.Equal(0, (await bench.BridgeAsync($"firmware cancel {Gateway}")).Code);
        await HubHearsAsync(bench, GatewayBench.Gateway, IotHubEmulator.FirmwareTaskState.Failed);
        Assert.Equal(0, (await bench.BridgeAsync($"firmware retry {Gateway}")).Code);
        Assert.True((await bench.BridgeJsonAsync($"firmware show {Gateway}")).GetProperty("ok").GetBoolean());
    }

    [Fact]
    public async Task An_update_is_watched_from_the_hub_s_order_to_the_version_that_runs()
    {
        const int ChannelServes = 4202, PhaseChanged = 4641;
        int port = FreeUdpPort();
        await using var bench = await GatewayBench.CreateAsync(
            $$"""
            { "line1": { "driver": "example-puller", "settings": { "address": "127.0.0.1", "port": {{port}} }, "devices": [ { "id": "SUBPROD001/test1", "settings": { "name": "d1" } } ] } }
            """,
            test1BoundTo: GatewayBench.Gateway,
            more: """ "products": { "SUBPROD001": { "firmware": { "holdForApproval": true } } } """);
        BuildOutput.Drop("example-puller", Path.Combine(bench.Folder, "plugins"));
        bench.Hub.AddFirmware("SUBPROD001", "2.0.0", new byte[3 * 512]);
        await bench.Hub.StartFirmwareTaskAsync(GatewayBench.Test1, "2.0.0");
        using var device = new Puller("d1", port);
        var serving = bench.NextLogged(ChannelServes);
        await bench.StartAsync();
        await serving;

        var held = bench.NextLogged(PhaseChanged);
        await device.SayAsync("idle 1.0.0");
        await held;
        Assert.Matches($"(?m)^ +{Test1} +line1 +1\\.0\\.0 -> 2\\.0\\.0 +held for approval +It waits for an operator",
            (await bench.BridgeAsync("firmware list")).Output);

        Assert.Equal(0, (await bench.BridgeAsync($"firmware approve {Test1}")).Code);
        string digest = (await device.HearAsync("offer")).Split(' ')[1];
        Assert.Matches($"(?m)^ +{Test1} +line1 +1\\.0\\.0 -> 2\\.0\\.0 +offered +6 days left$",
            (await bench.BridgeAsync("firmware list")).Output);
        Assert.Matches("(?m)^time +\\d+ s gone, 6 days left$", (await bench.BridgeAsync($"firmware show {Test1}")).Output);
        var begun = bench.NextLogged(PhaseChanged);
        for (int block = 0; block < 3; block++)
        {
            await device.SayAsync(string.Create(CultureInfo.InvariantCulture, $"block {digest} {block}"));
            await device.HearAsync("data");
        }

        await begun;
        var list = await bench.BridgeAsync("firmware list");
        Assert.Matches($"(?m)^ +{Test1} +line1 +1\\.0\\.0 -> 2\\.0\\.0 +being handed over +\\[#############-------\\]  66 %$", list.Output);
        Assert.EndsWith("\n1 update: 1 under way. Images kept: 1.5 KiB.\n", list.Output, StringComparison.Ordinal);
        Assert.Equal("transferring", Text(await bench.BridgeJsonAsync($"firmware show {Test1}"), "stage"));

        await device.SayAsync("idle 2.0.0");
        await HubHearsAsync(bench, GatewayBench.Test1, IotHubEmulator.FirmwareTaskState.Done);
        Assert.EndsWith(
            "\n1 update: 1 done. Images kept: 1.5 KiB.\n", (await bench.BridgeAsync("firmware list")).Output, StringComparison.Ordinal);
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
    private static async Task LeaveUpdateAsync(
        GatewayBench bench, string device, string phase, string reason = "", string more = "", int port = 9)
    {
        string folder = Path.Combine(bench.Data, "firmware", "updates");
        Directory.CreateDirectory(folder);
        await File.WriteAllTextAsync(
            Path.Combine(folder, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(device)).AsSpan(0, 12)) + ".json"),
            string.Create(CultureInfo.InvariantCulture, $$"""
                { "device": "{{device}}", "phase": "{{phase}}", "createdAt": "2026-01-02T03:04:05Z", "from": "1.0.0", "reason": "{{reason}}",
                  "task": { "version": "2.0.0", "size": 1000, "md5": "0123456789abcdef0123456789abcdef", "url": "http://127.0.0.1:{{port}}/x?{{Signature}}" }{{more}} }
                """),
            TestContext.Current.CancellationToken);
    }

    private static async Task HubHearsAsync(GatewayBench bench, IotHubEmulator.HubDeviceId device,
        IotHubEmulator.FirmwareTaskState state) =>
        await bench.Hub.WaitForFirmwareTaskAsync(device, task => task.State == state, TestContext.Current.CancellationToken)
            .OrFail($"the hub hears that the update of {device} is {state}");

    private static int FreeUdpPort()
    {
        using var probe = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)probe.Client.LocalEndPoint!).Port; // it is bound
    }

    private static string? Text(JsonElement value, string name) => value.GetProperty(name).GetString();

    private static string Compact(JsonElement value) => JsonSerializer.Serialize(value);

    /// <summary>A device of the example <c>example-puller</c>: it says and hears one datagram after another, as the test has it.</summary>
    private sealed class Puller : IDisposable
    {
        private readonly string _name;
        private readonly UdpClient _client = new();

        public Puller(string name, int port)
        {
            _name = name;
            _client.Connect(IPAddress.Loopback, port);
        }

        public async Task SayAsync(string what) =>
            await _client.SendAsync(Encoding.ASCII.GetBytes($"{_name} {what}"), TestContext.Current.CancellationToken);

        /// <summary>Takes the next datagram that begins so.</summary>
        public async Task<string> HearAsync(string what)
        {
            while (true)
            {
                var heard = await _client.ReceiveAsync(TestContext.Current.CancellationToken).AsTask().OrFail($"{_name} hears '{what}'");
                if (Encoding.ASCII.GetString(heard.Buffer) is var text && text.StartsWith(what, StringComparison.Ordinal)) return text;
            }
        }

        public void Dispose() => _client.Dispose();
    }
}
