using BridgeFramework.Testing;
using Microsoft.Extensions.Logging;

namespace BridgeFramework.Modbus.Tests;

/// <summary>A unit is changed while something is under way with it.</summary>
public sealed class UnderWayTests
{
    private const string X = """{ "x": { "at": { "table": "holding", "address": 0 }, "access": "readWrite" } }""";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_poll_that_is_under_way_is_for_nobody()
    {
        await using var server = new ModbusServer();
        using var gate = new Gate(server, function: 3);
        var before = RunningDriver.Device(X);
        await using var driver = RunningDriver.Start(server.Port, before);
        await driver.Channel.WaitForValueAsync("x", _ => true, Ct).OrFail("a value");
        await gate.CloseAsync();
        int reports = driver.Channel.Reports.Count;

        var after = RunningDriver.Device("""{ "y": { "at": { "table": "holding", "address": 1 } } }""");
        await driver.ApplyAsync(before, after);
        gate.Open();

        await driver.Channel.WaitForValueAsync("y", _ => true, Ct).OrFail("a value of the new point");
        Assert.All(driver.Channel.Reports.ToList().Skip(reports), report => Assert.Equal(after, report.Device));
        Assert.Single(driver.Channel.PresenceChanges.ToList());
    }

    [Fact]
    public async Task What_a_poll_that_is_under_way_shows_of_presence_is_said_of_the_unit_as_it_is_now()
    {
        await using var server = new ModbusServer();
        using var gate = new Gate(server, function: 3);
        var before = RunningDriver.Device(X);
        await using var driver = RunningDriver.Start(server.Port);
        var closed = gate.CloseAsync();
        await driver.ApplyAsync(before: null, before);
        await closed;

        var after = RunningDriver.Device("""{ "y": { "at": { "table": "holding", "address": 1 }, "access": "write" } }""");
        await driver.ApplyAsync(before, after); // nothing of it is polled
        gate.Open();

        await driver.Channel.WaitForPresenceAsync(after, Presence.Present, Ct).OrFail("the unit is present");
    }

    [Fact]
    public async Task A_poll_of_a_unit_that_is_removed_meanwhile_is_for_nobody()
    {
        await using var server = new ModbusServer();
        using var gate = new Gate(server, function: 3);
        var before = RunningDriver.Device(X);
        var closed = gate.CloseAsync();
        await using var driver = RunningDriver.Start(server.Port, before);
        await closed;

        await driver.ApplyAsync(before, after: null);
        gate.Open();

        var added = RunningDriver.Device(X, """{ "unitId": 2 }""", "PROD/m2");
        await driver.ApplyAsync(before: null, added);
        await driver.Channel.WaitForPresenceAsync(added, Presence.Present, Ct).OrFail("the other one is present");
        Assert.Equal([added], driver.Channel.PresenceChanges.ToList().Select(change => change.Device).Distinct());
    }

    [Fact]
    public async Task The_rest_of_a_round_is_not_read_any_more()
    {
        await using var server = new ModbusServer();
        using var gate = new Gate(server, function: 3);
        var before = RunningDriver.Device("""
            { "x": { "at": { "table": "holding", "address": 0 } }, "far": { "at": { "table": "holding", "address": 5000 } } }
            """);
        var closed = gate.CloseAsync();
        await using var driver = RunningDriver.Start(server.Port, before);
        await closed;

        await driver.ApplyAsync(before, after: null);
        gate.Open();

        var added = RunningDriver.Device(X, """{ "unitId": 2 }""", "PROD/m2");
        await driver.ApplyAsync(before: null, added);
        await driver.Channel.WaitForPresenceAsync(added, Presence.Present, Ct).OrFail("the other one is present");
        var asked = new List<ServerRequest>();
        while (server.Requests.TryRead(out var request)) asked.Add(request);
        Assert.Single(asked, request => request.Unit == 1);
    }

    [Fact]
    public async Task A_command_that_is_under_way_is_finished_and_a_later_one_refused()
    {
        await using var server = new ModbusServer();
        using var gate = new Gate(server, function: 6);
        var before = RunningDriver.Device(X);
        await using var driver = RunningDriver.Start(server.Port, before);
        var closed = gate.CloseAsync();
        var command = driver.WriteAsync(before, "x", Variant.From(7), Ct);
        await closed;

        await driver.ApplyAsync(before, after: null);
        gate.Open();

        Assert.Equal(CommandOutcome.Done, (await command.OrFail("the command ends")).Outcome);
        Assert.Equal(7, server.Holding[0]);
        await Assert.ThrowsAsync<DeviceRejectedException>(() => driver.WriteAsync(before, "x", Variant.From(8), Ct));
        Assert.Equal(7, server.Holding[0]);
    }

    [Fact]
    public async Task While_the_line_is_down_one_that_is_added_is_absent_and_comes_with_the_others()
    {
        await using var server = new ModbusServer();
        await server.StopAsync();
        var first = RunningDriver.Device(X);
        await using var driver = RunningDriver.Start(server.Port, first);
        await driver.Channel.WaitForPresenceAsync(first, Presence.Absent, Ct).OrFail("the first is absent");
        var second = RunningDriver.Device(X, """{ "unitId": 2 }""", "PROD/m2");

        await driver.ApplyAsync(before: null, second);
        var absent = Assert.Single(driver.Channel.PresenceChanges.ToList(), change => change.Device == second);
        Assert.StartsWith("line down:", absent.Reason, StringComparison.Ordinal);
        var changed = RunningDriver.Device(X);
        await driver.ApplyAsync(first, changed);

        server.Start();
        await driver.Channel.WaitForPresenceAsync(second, Presence.Present, Ct).OrFail("the second is present");
        await driver.Channel.WaitForPresenceAsync(changed, Presence.Present, Ct).OrFail("the first is present");
        Assert.DoesNotContain(driver.Logger.Collector.GetSnapshot(), line => line.Level > LogLevel.Warning);
    }

    /// <summary>Keeps a server from answering.</summary>
    private sealed class Gate : IDisposable
    {
        private readonly ManualResetEventSlim _open = new(initialState: true);
        private readonly TaskCompletionSource _waiting = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Gate(ModbusServer server, byte function) =>
            server.Script = request =>
            {
                if (request.Function != function) return null;
                if (!_open.IsSet) _waiting.TrySetResult();
                _open.Wait(Ct);
                return null;
            };

        /// <summary>Closes it, and waits until a request waits for its answer.</summary>
        public Task CloseAsync()
        {
            _open.Reset();
            return _waiting.Task.OrFail("a request");
        }

        public void Open() => _open.Set();

        public void Dispose()
        {
            _open.Set();
            _open.Dispose();
        }
    }
}
