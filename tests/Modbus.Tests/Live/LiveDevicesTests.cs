using BridgeFramework.Testing;

namespace BridgeFramework.Modbus.Tests;

/// <summary>Units come, change and leave while the line is polled.</summary>
public sealed class LiveDevicesTests
{
    private const string X = """{ "x": { "at": { "table": "holding", "address": 0 }, "interval": "1s" } }""";
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private readonly SubDevice _neighbour = RunningDriver.Device(X, """{ "unitId": 99 }""", "PROD/neighbour");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task One_that_is_added_is_polled_at_once_and_on_a_grid_between_the_others()
    {
        await using var line = await SteppedLine.StartAsync(_neighbour);
        await line.PassAsync(Second * 2.2);
        var added = Meter(1);

        await line.ApplyAsync(before: null, added);
        await line.PassAsync(Second * 2);

        Assert.Equal([2.2, 2.5, 3.5], Times(line, unit: 1));
        Assert.Equal([0, 1, 2, 3, 4], Times(line, unit: 99));
        Assert.Equal(Presence.Present, LastPresence(line, added));
    }

    [Fact]
    public async Task One_that_is_removed_is_asked_for_nothing_any_more_and_the_last_one_leaves_the_connection_open()
    {
        await using var server = new ModbusServer();
        var first = Meter(1);
        await using var driver = RunningDriver.Start(server.Port, first);
        await driver.Channel.WaitForPresenceAsync(first, Presence.Present, Ct).OrFail("the first is present");

        await driver.ApplyAsync(first, after: null);
        var second = Meter(2);
        await driver.ApplyAsync(before: null, second);

        await driver.Channel.WaitForPresenceAsync(second, Presence.Present, Ct).OrFail("the second is present");
        Assert.True(server.Connections.TryRead(out _));
        Assert.False(server.Connections.TryRead(out _));
    }

    [Fact]
    public async Task An_empty_channel_takes_a_unit()
    {
        await using var server = new ModbusServer();
        await using var driver = RunningDriver.Start(server.Port);
        var added = Meter(1);

        await driver.ApplyAsync(before: null, added);

        await driver.Channel.WaitForPresenceAsync(added, Presence.Present, Ct).OrFail("the unit is present");
    }

    [Fact]
    public async Task A_changed_point_is_read_on_the_grid_of_the_old_one_and_nothing_is_said_of_presence()
    {
        var before = Meter(1);
        await using var line = await SteppedLine.StartAsync(before, _neighbour);
        await line.PassAsync(Second * 1.2);
        var after = Meter(1, """{ "y": { "at": { "table": "holding", "address": 7 }, "interval": "1s" } }""");

        await line.ApplyAsync(before, after);
        await line.PassAsync(Second * 2);

        Assert.Equal([(0, 0), (1, 0), (1.2, 7), (2, 7), (3, 7)], PollsOf(line, unit: 1));
        Assert.Equal([before, _neighbour], line.Driver.Channel.PresenceChanges.ToList().Select(change => change.Device));
    }

    [Fact]
    public async Task Points_that_come_and_go_are_read_in_new_blocks()
    {
        var before = Meter(1);
        await using var line = await SteppedLine.StartAsync(before, _neighbour);
        string thousands = string.Join(',', Enumerable.Range(0, 5000).Select(
            n => $$""" "p{{n}}": { "at": { "table": "holding", "address": {{n}} }, "interval": "1s" } """));
        var after = Meter(1, $"{{ {thousands} }}");

        await line.ApplyAsync(before, after);
        int read = line.Polls.Count;
        await line.PassAsync(Second);
        Assert.Equal(5000, line.Polls.Skip(read).Where(poll => poll.Unit == 1).Sum(poll => poll.Count));

        await line.ApplyAsync(after, Meter(1));
        read = line.Polls.Count;
        await line.PassAsync(Second);
        Assert.Equal([(0, 1)], line.Polls.Skip(read).Where(poll => poll.Unit == 1).Select(poll => (poll.Address, poll.Count)).Distinct());
    }

    [Fact]
    public async Task A_change_of_nothing_twice_goes_unnoticed_but_for_a_poll()
    {
        var first = Meter(1);
        await using var line = await SteppedLine.StartAsync(first, _neighbour);
        var second = Meter(1);
        var third = Meter(1);

        await line.PassAsync(Second * 0.4);
        await line.ApplyAsync(first, second);
        await line.ApplyAsync(second, third);
        await line.PassAsync(Second * 2);

        Assert.Equal([0, 0.4, 1, 2], Times(line, unit: 1));
        Assert.Equal(2, line.Driver.Channel.PresenceChanges.Count);
    }

    [Fact]
    public async Task An_absent_unit_stays_so_over_a_change_of_its_points_and_is_probed_when_it_would_have_been()
    {
        var before = Meter(1);
        await using var line = await SteppedLine.StartAsync(before, _neighbour);
        line.SetSilent(1, isSilent: true);
        await line.PassAsync(Second * 3);
        Assert.Equal(Presence.Absent, LastPresence(line, before));
        var after = Meter(1, """{ "y": { "at": { "table": "holding", "address": 7 }, "interval": "1s" } }""");
        int asked = line.Polls.Count(poll => poll.Unit == 1);

        await line.ApplyAsync(before, after);
        await line.PassAsync(Second * 2);

        Assert.Equal(asked, line.Polls.Count(poll => poll.Unit == 1));
        Assert.Equal(Quality.Timeout, line.Driver.Channel.Reports.ToList().Last(report => report.Device == after)["y"].Quality);
        line.SetSilent(1, isSilent: false);
        await line.PassAsync(Second * 5);
        Assert.Equal(Presence.Present, LastPresence(line, after));
    }

    [Fact]
    public async Task An_absent_unit_that_is_given_another_unit_id_is_asked_at_once()
    {
        var before = Meter(1);
        await using var line = await SteppedLine.StartAsync(before, _neighbour);
        line.SetSilent(1, isSilent: true);
        await line.PassAsync(Second * 3);
        var after = Meter(2, id: "PROD/m1");

        await line.ApplyAsync(before, after);

        Assert.Equal(Presence.Present, LastPresence(line, after));
    }

    [Fact]
    public async Task One_that_is_more_patient_now_is_absent_later()
    {
        var before = Meter(1);
        await using var line = await SteppedLine.StartAsync(before, _neighbour);
        line.SetSilent(1, isSilent: true);
        var after = RunningDriver.Device(X, """{ "unitId": 1, "offlineAfter": 8 }""", "PROD/m1");

        await line.ApplyAsync(before, after);
        await line.PassAsync(Second * 2.9);
        Assert.DoesNotContain(line.Driver.Channel.PresenceChanges.ToList(), change => change.Presence == Presence.Absent);
        await line.PassAsync(Second * 2);

        Assert.Contains("8 requests", line.Driver.Channel.PresenceChanges.ToList()[^1].Reason, StringComparison.Ordinal);
    }

    private static SubDevice Meter(int unit, string points = X, string? id = null) =>
        RunningDriver.Device(points, $$"""{ "unitId": {{unit}} }""", id ?? $"PROD/m{unit}");

    private static IEnumerable<double> Times(SteppedLine line, int unit) => PollsOf(line, unit).Select(poll => poll.Time);

    private static IEnumerable<(double Time, int Address)> PollsOf(SteppedLine line, int unit) =>
        line.Polls.Where(poll => poll.Unit == unit).Select(poll => (Math.Round(poll.Time.TotalSeconds, 6), poll.Address));

    private static Presence LastPresence(SteppedLine line, SubDevice device) =>
        line.Driver.Channel.PresenceChanges.ToList().Last(change => change.Device == device).Presence;
}
