using BridgeFramework.Testing;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace BridgeFramework.Modbus.Tests;

public sealed class DriverTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_unreachable_device_leaves_the_channel_serving_and_is_logged_once_and_comes_back()
    {
        await using var server = new ModbusServer();
        await server.StopAsync();
        var device = RunningDriver.Device("""{ "x": { "at": { "table": "holding", "address": 0 } } }""");
        await using var driver = RunningDriver.Start(server.Port, device);

        await driver.Channel.Serving.OrFail("the channel serves");
        var absent = await driver.Channel.WaitForPresenceAsync(device, Presence.Absent, Ct).OrFail("the unit is absent");
        Assert.StartsWith("line down: 127.0.0.1:", absent.Reason, StringComparison.Ordinal);
        await driver.Channel.WaitForQualityAsync("x", Quality.LinkDown, Ct).OrFail("the point is bad");

        server.Start();
        await driver.Channel.WaitForPresenceAsync(device, Presence.Present, Ct).OrFail("the unit is back");
        await driver.Channel.WaitForValueAsync("x", _ => true, Ct).OrFail("a value");
        Assert.Single(driver.Logger.Collector.GetSnapshot(), r => r.Level == LogLevel.Warning);
    }

    [Fact]
    public async Task A_dropped_connection_that_comes_back_at_once_makes_nobody_absent()
    {
        await using var server = new ModbusServer();
        var device = RunningDriver.Device("""{ "x": { "at": { "table": "holding", "address": 0 } } }""");
        await using var driver = RunningDriver.Start(server.Port, device);
        await driver.Channel.WaitForValueAsync("x", _ => true, Ct).OrFail("a value");

        server.Holding[0] = 5;
        server.DropConnections();
        await driver.Channel.WaitForValueAsync("x", v => v.AsInteger() == 5, Ct).OrFail("the new value");
        Assert.Equal([Presence.Present], driver.Channel.PresenceChanges.ToList().Select(c => c.Presence));
        Assert.DoesNotContain(driver.Logger.Collector.GetSnapshot(), r => r.Level >= LogLevel.Warning);
    }

    [Fact]
    public async Task A_silent_unit_is_absent_after_three_requests_while_its_neighbour_stays()
    {
        await using var server = new ModbusServer();
        server.Script = r => r.Unit == 2 ? [] : null;
        var time = new FakeTimeProvider();
        const string Points = """{ "x": { "at": { "table": "holding", "address": 0 } } }""";
        var living = RunningDriver.Device(Points);
        var dead = RunningDriver.Device(Points, """{ "unitId": 2 }""", "PROD/m2");
        await using var driver = RunningDriver.Start(
            new ModbusChannelSettings { Host = "127.0.0.1", Port = server.Port }, time, living, dead);

        var absent = driver.Channel.WaitForPresenceAsync(dead, Presence.Absent, Ct);
        await Advance(time, absent, "the silent unit is absent");
        Assert.Contains("3 requests in a row", (await absent).Reason, StringComparison.Ordinal);
        var bad = driver.Channel.Reports.WaitAsync(r => r.Device == dead && r["x"].Quality == Quality.Timeout, Ct);
        await Advance(time, bad, "its point is bad");
        Assert.DoesNotContain(driver.Channel.PresenceChanges.ToList(), c => c.Device == living && c.Presence == Presence.Absent);

        server.Script = _ => null;
        await Advance(time, driver.Channel.WaitForPresenceAsync(dead, Presence.Present, Ct), "a probe finds it");
    }

    [Fact]
    public async Task A_hole_in_a_block_costs_only_the_point_in_it()
    {
        await using var server = new ModbusServer();
        server.SetHolding(0, 11, 12, 0, 14);
        server.Script = r => r.Address <= 2 && r.Address + r.Count > 2 ? r.Exception(2) : null;
        var device = RunningDriver.Device("""
            {
              "a": { "at": { "table": "holding", "address": 0 } },
              "b": { "at": { "table": "holding", "address": 1 } },
              "hole": { "at": { "table": "holding", "address": 2 } },
              "d": { "at": { "table": "holding", "address": 3 } },
            }
            """);
        await using var driver = RunningDriver.Start(server.Port, device);
        var report = await driver.Channel.WaitForQualityAsync("hole", Quality.Refused, Ct).OrFail("the hole is refused");
        Assert.Equal("11 12 14", $"{report["a"].Value} {report["b"].Value} {report["d"].Value}");
        await driver.Channel.Reports.WaitAsync(_ => true, Ct, driver.Channel.Reports.Count + 2).OrFail("more rounds");

        // Learnt: from the second round on the hole is left alone.
        var requests = new List<ServerRequest>();
        while (server.Requests.TryRead(out var request)) requests.Add(request);
        Assert.Single(requests, r => r.Address == 2 && r.Count == 1);
        Assert.InRange(requests.Count(r => r.Address <= 2 && r.Address + r.Count > 2), 2, 4);
    }

    [Theory]
    [InlineData("""{ "table": "coil", "address": 3 }""", 1, "0500 03FF 00")]
    [InlineData("""{ "table": "holding", "address": 3 }""", 258, "0600 0301 02")]
    [InlineData("""{ "table": "holding", "address": 3, "type": "int32" }""", 258, "1000 0300 0204 0000 0102")]
    [InlineData("""{ "table": "holding", "address": 3, "bit": 4 }""", 1, "1600 03FF EF00 10")]
    public async Task A_write_is_the_smallest_function_that_does_it(string at, int value, string pdu)
    {
        await using var server = new ModbusServer();
        var device = RunningDriver.Device($$"""{ "x": { "at": {{at}}, "access": "write" } }""");
        await using var driver = RunningDriver.Start(server.Port, device);
        Assert.Equal(CommandOutcome.Done, (await driver.WriteAsync(device, "x", Variant.From(value), Ct)).Outcome);
        Assert.True(server.Requests.TryRead(out var request));
        Assert.Equal(pdu.Replace(" ", "", StringComparison.Ordinal), Convert.ToHexString(request.Pdu));
    }

    [Fact]
    public async Task A_bit_is_written_by_read_and_write_where_mask_write_is_unknown()
    {
        await using var server = new ModbusServer();
        server.Holding[3] = 0xFF00;
        server.Script = r => r.Function == 0x16 ? r.Exception(1) : null;
        var device = RunningDriver.Device("""{ "x": { "at": { "table": "holding", "address": 3, "bit": 4 }, "access": "write" } }""");
        await using var driver = RunningDriver.Start(server.Port, device);
        Assert.Equal(CommandOutcome.Done, (await driver.WriteAsync(device, "x", Variant.From(true), Ct)).Outcome);
        Assert.Equal(0xFF10, server.Holding[3]);
    }

    [Fact]
    public async Task What_the_device_or_the_range_refuses_is_said_with_values()
    {
        await using var server = new ModbusServer();
        server.Script = r => r.Function == 6 ? r.Exception(3) : null;
        var device = RunningDriver.Device("""{ "x": { "at": { "table": "holding", "address": 3 }, "access": "readWrite" } }""");
        await using var driver = RunningDriver.Start(server.Port, device);

        var range = await driver.WriteAsync(device, "x", Variant.From(70000L), Ct);
        Assert.Equal((CommandOutcome.Refused, "'x' (holding register 3, 0-based): 70000 does not fit Uint16: allowed 0 to 65535."), (
            range.Outcome, range.Reason));
        var refused = await driver.WriteAsync(device, "x", Variant.From(7L), Ct);
        Assert.Equal(CommandOutcome.Refused, refused.Outcome);
        Assert.Contains("exception 3, illegal data value", refused.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Points_are_read_on_demand()
    {
        await using var server = new ModbusServer();
        server.Input[9] = 77;
        var device = RunningDriver.Device("""{ "x": { "at": { "address": "30010" }, "interval": "1h" } }""");
        await using var driver = RunningDriver.Start(server.Port, device);
        await driver.Channel.WaitForValueAsync("x", _ => true, Ct).OrFail("the first value");
        int mark = driver.Channel.Reports.Count;
        var result = await driver.ExecuteAsync(device, new ReadPoints { Id = "1", Points = device.Points }, Ct);
        Assert.Equal(CommandOutcome.Done, Assert.Single(result.Points).Outcome);
        Assert.Equal(77, (await driver.Channel.WaitForValueAsync("x", _ => true, Ct, mark).OrFail("the value asked for")).AsInteger());
    }

    private static async Task Advance(FakeTimeProvider time, Task until, string missing)
    {
        // Sockets are real, time is not: small steps, each after a turn of the scheduler, until it happens.
        for (int i = 0; i < 20_000 && !until.IsCompleted; i++)
        {
            time.Advance(TimeSpan.FromMilliseconds(10));
            await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System, Ct);
        }

        await until.OrFail(missing);
    }
}
