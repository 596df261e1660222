using System.Text;

namespace BridgeFramework.Runtime.Tests;

/// <summary>Commands from the hub through the whole gateway to a Modbus unit, and what becomes of bad ones.</summary>
public sealed class CommandTests
{
    [Fact]
    public async Task A_write_reaches_the_device_and_is_answered_with_its_id()
    {
        await using var hub = await Cloud.StartAsync();
        await using var site = new Site(hub);
        await site.StartAsync();
        await site.VoltageArrives(1);

        var reply = await Send(hub, site, """{"id":"c1","write":{"setpoint":-12.5}}""");

        Assert.Equal("""{"outcome":"done","id":"c1","results":{"setpoint":{"outcome":"done"}}}""", reply);
        Assert.Equal(-125, site.Slave[1].Holding.GetInt16(10));
    }

    [Theory]
    [InlineData("""{"id":"c1","write":{"voltage":1}}""", "read-only")]
    [InlineData("""{"id":"c1","write":{"nonsense":1}}""", "no such point")]
    [InlineData("""{"id":"c1","write":{"setpoint":{}}}""", "expected a number")]
    [InlineData("""{"id":"c1","write":{"setpoint":99999}}""", "setpoint")]
    [InlineData("""{"id":"c1","expires":1,"write":{"setpoint":1}}""", "expired")]
    public async Task A_command_that_cannot_be_is_refused_with_a_reason_and_writes_nothing(string command, string reason)
    {
        await using var hub = await Cloud.StartAsync();
        await using var site = new Site(hub);
        await site.StartAsync();
        await site.VoltageArrives(1);

        string reply = await Send(hub, site, command);

        Assert.StartsWith("""{"outcome":"refused","id":"c1",""", reply, StringComparison.Ordinal);
        Assert.Contains(reason, reply, StringComparison.Ordinal);
        Assert.Equal(215, site.Slave[1].Holding.GetInt16(10));
        Assert.False(site.Slave.Writes.TryRead(out _));
    }

    [Fact]
    public async Task A_command_is_carried_out_as_far_as_it_can_be()
    {
        await using var hub = await Cloud.StartAsync();
        await using var site = new Site(hub);
        await site.StartAsync();
        await site.VoltageArrives(1);

        string reply = await Send(hub, site, """{"id":"c1","write":{"voltage":1,"setpoint":30}}""");

        Assert.StartsWith("""{"outcome":"refused","id":"c1","results":{"voltage":{"outcome":"refused",""", reply, StringComparison.Ordinal);
        Assert.Contains("\"setpoint\":{\"outcome\":\"done\"}", reply, StringComparison.Ordinal);
        Assert.Equal(300, site.Slave[1].Holding.GetInt16(10));
    }

    [Fact]
    public async Task Garbage_on_the_command_topic_is_answered_and_harms_nothing()
    {
        await using var hub = await Cloud.StartAsync();
        await using var site = new Site(hub);
        await site.StartAsync();
        await site.VoltageArrives(1);
        byte[][] garbage =
        [
            [],
            [0x00, 0xFF, 0xC0, 0xAF],
            "null"u8.ToArray(),
            "[1,2,3]"u8.ToArray(),
            """{"id":"c1"}"""u8.ToArray(),
            """{"id":7,"write":{"setpoint":1}}"""u8.ToArray(),
            """{"id":"c1","write":{"setpoint":1},"write":7}"""u8.ToArray(),
            Encoding.UTF8.GetBytes(new string('[', 16 * 1024)),
            Encoding.UTF8.GetBytes($$$"""{"id":"{{{new string('x', 10_000)}}}","write":{"setpoint":1}}"""),
            """{"id":"\ud800","write":{"setpoint":1}}"""u8.ToArray(),
        ];

        foreach (byte[] payload in garbage)
        {
            await site.Until("commands can come", async ct =>
            {
                await hub.SubscribedAsync(Cloud.Meter(1), ct);
                return true;
            });
            long since = hub.Now();
            await hub.SendAsync(Cloud.Meter(1), payload);
            var reply = await site.Until($"an answer to {Encoding.Latin1.GetString(payload.AsSpan(0, Math.Min(payload.Length, 40)))}", ct =>
                hub.ReplyAsync(Cloud.Meter(1), since, ct));
            Assert.Equal("refused", (string?)reply["outcome"]);
        }

        Assert.Contains("done", await Send(hub, site, """{"id":"good","write":{"setpoint":1}}"""), StringComparison.Ordinal);
        await site.VoltageArrives(2);
    }

    [Fact]
    public async Task Whoever_sends_garbage_does_not_fill_the_log_and_all_of_it_is_counted()
    {
        const int unreadable = 4301, executed = 4302;
        await using var hub = await Cloud.StartAsync();
        await using var site = new Site(hub);
        await site.StartAsync();
        await site.VoltageArrives(1);
        await site.Until("commands can come", async ct =>
        {
            await hub.SubscribedAsync(Cloud.Meter(1), ct);
            return true;
        });
        for (int i = 0; i < 60; i++) await hub.SendAsync(Cloud.Meter(1), "garbage"u8.ToArray());
        await hub.SendAsync(Cloud.Meter(1), """{"id":"after","write":{"setpoint":1}}"""u8.ToArray());
        await site.Until("the command after the garbage is carried out", ct => site.Log.WaitAsync(executed, "Command after to", ct));

        await site.StopAsync();
        await site.Host.DisposeAsync();

        string[] lines = [.. site.Log.Lines.Where(line => line.EventId == unreadable).Select(line => line.Text)];
        Assert.Equal(21, lines.Length);
        Assert.Matches(
            $"^… and 40 more within [0-9]+ s; the first of them: A message of 7 bytes to {Cloud.Meter(1)} is no command: ", lines[^1]);
    }

    [Fact]
    public async Task A_reply_that_would_be_larger_than_a_message_is_cut_to_its_outcome_and_later_commands_are_served()
    {
        await using var hub = await Cloud.StartAsync();
        await using var site = new Site(hub);
        await site.StartAsync();
        await site.VoltageArrives(1);
        string writes = string.Join(',', Enumerable.Range(0, 256).Select(number => $"\"{number}{new string('x', 50)}\":1"));

        string reply = await Send(hub, site, $$"""{"id":"large","write":{ {{writes}} } }""");

        Assert.StartsWith("""{"outcome":"refused","id":"large","reason":""", reply, StringComparison.Ordinal);
        Assert.Contains("done", await Send(hub, site, """{"id":"small","write":{"setpoint":1}}"""), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_command_that_was_under_way_when_the_gateway_was_killed_is_unknown_when_it_is_back_and_never_carried_out_again()
    {
        await using var hub = await Cloud.StartAsync();
        await using var site = new Site(hub);
        string folder = Directory.CreateDirectory(Path.Combine(site.In("data"), "commands")).FullName;
        string intent = $$"""{"entry":"intent","device":"{{Cloud.Meter(1)}}","id":"c1","at":1}""";
        await File.WriteAllTextAsync(
            Path.Combine(folder, "journal.jsonl"), intent + "\n{\"entry\":\"out", TestContext.Current.CancellationToken);
        long since = hub.Now();
        await site.StartAsync();

        var told = await site.Until("the outcome is told", ct => hub.ReplyAsync(Cloud.Meter(1), since, ct));
        Assert.Equal(("unknown", "c1"), ((string?)told["outcome"], (string?)told["id"]));
        string reply = await Send(hub, site, """{"id":"c1","write":{"setpoint":-12.5}}""");

        Assert.Equal(told.ToJsonString(), reply);
        Assert.False(site.Slave.Writes.TryRead(out _));
        Assert.Equal((1, null), (site.Gateway.Status.Downlink.DamagedLines, site.Gateway.Status.Downlink.Trouble));
    }

    private static async Task<string> Send(IotHubEmulator.HubEmulator hub, Site site, string command) =>
        (await site.Until($"a reply to {command[..Math.Min(command.Length, 80)]}", ct => hub.CommandAsync(Cloud.Meter(1), command, ct)))
            .ToJsonString();
}
