using BridgeFramework.Testing;
using Example.Bus;

namespace BridgeFramework.Drivers.Samples.Tests.Bus;

public sealed class BusDriverTests : IAsyncDisposable
{
    private readonly BusSimulator _bus = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _bus.DisposeAsync();

    [Fact]
    public async Task Units_are_read_over_one_connection_one_question_at_a_time()
    {
        SubDevice[] units = [.. Enumerable.Range(1, 20).Select(unit => Unit(unit))];
        foreach (int unit in Enumerable.Range(1, 20)) _bus.Registers[$"{unit} 3"] = 100 + unit;
        await using var driver = await StartAsync(TimeSpan.FromSeconds(10), units);

        for (int unit = 1; unit <= 20; unit++)
        {
            var device = units[unit - 1];
            var report = await driver.Channel.Reports.WaitAsync(report => report.Device == device, Ct).OrFail($"unit {unit} is read");
            Assert.Equal(Variant.From(100 + unit), report["level"].Value);
            await driver.Channel.WaitForPresenceAsync(device, Presence.Present, Ct).OrFail($"unit {unit} is present");
        }

        Assert.Equal((1, 1), (_bus.Connections, _bus.MostUnderWay));
    }

    [Fact]
    public async Task A_command_is_next_after_the_question_under_way()
    {
        var unit = Unit(17);
        _bus.Registers["17 3"] = 1;
        _bus.Hold = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var driver = await StartAsync(TimeSpan.FromSeconds(10), unit, Unit(18));

        var written = driver.Driver.ExecuteAsync(unit, Write(unit, Variant.From(42)), Ct);
        _bus.Hold.SetResult();

        Assert.Equal(CommandOutcome.Done, Assert.Single((await written.OrFail("the command is done")).Points).Outcome);
        Assert.Equal(42, _bus.Registers["17 3"]);
        Assert.Contains(_bus.Asked.Take(2), question => question == "17 w 3 42");
        await driver.Channel.WaitForValueAsync("level", value => value == Variant.From(42), Ct).OrFail("the new value is read");
    }

    [Fact]
    public async Task A_refusal_is_an_answer_and_other_kinds_of_values_do_not_reach_the_unit()
    {
        var unit = Unit(17, register: 4);
        _bus.Registers["17 3"] = 1;
        await using var driver = await StartAsync(TimeSpan.FromSeconds(10), unit);

        await driver.Channel.WaitForQualityAsync("level", Quality.Refused, Ct).OrFail("the register is refused");
        await driver.Channel.WaitForPresenceAsync(unit, Presence.Present, Ct).OrFail("the unit is present");
        var refusal = await Assert.ThrowsAsync<DeviceRejectedException>(
            () => driver.Driver.ExecuteAsync(unit, Write(unit, Variant.From(1)), Ct));
        Assert.Contains("no such register", refusal.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<DeviceRejectedException>(() => driver.Driver.ExecuteAsync(unit, Write(unit, Variant.From("on")), Ct));
        Assert.DoesNotContain(_bus.Asked, question => question.Contains("on", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_silent_unit_is_absent_after_two_questions_and_the_others_go_on()
    {
        var (silent, alive) = (Unit(9), Unit(17));
        _bus.Registers["17 3"] = 5;
        await using var driver = await StartAsync(TimeSpan.FromSeconds(0.1), silent, alive);

        var absence = await driver.Channel.WaitForPresenceAsync(silent, Presence.Absent, Ct).OrFail("the silent unit is absent");

        Assert.Contains("No answer to '9 r 3' within 0.1 s", absence.Reason, StringComparison.Ordinal);
        // the first question, which did not make it absent
        Assert.Contains(driver.Channel.Reports.ToList(), report => report.Device == silent);
        int before = driver.Channel.Reports.Count;
        for (int i = 0; i < 5; i++)
        {
            var report = await driver.Channel.Reports.WaitAsync(report => report.Device == alive, Ct, before).OrFail(
                "the other unit is read");
            Assert.Equal(Quality.Good, report["level"].Quality);
            before = driver.Channel.Reports.Count;
        }

        await driver.Channel.WaitForPresenceAsync(alive, Presence.Present, Ct).OrFail("the other unit is present");
    }

    [Fact]
    public async Task A_connection_that_is_closed_is_opened_again()
    {
        var unit = Unit(17);
        _bus.Registers["17 3"] = 5;
        await using var driver = await StartAsync(TimeSpan.FromSeconds(10), unit);
        await driver.Channel.WaitForValueAsync("level", value => value == Variant.From(5), Ct).OrFail("the unit is read");

        _bus.Registers["17 3"] = 6;
        _bus.Client!.Close(); // it was read, so there is one

        await driver.Channel.WaitForValueAsync("level", value => value == Variant.From(6), Ct).OrFail("the unit is read again");
        Assert.Equal(2, _bus.Connections);
    }

    private static WritePoints Write(SubDevice unit, Variant value) =>
        new() { Id = "1", Writes = [new PointWrite { Point = unit.Points[0], Value = value }] };

    private static SubDevice Unit(int unit, int register = 3) => TestDevice.FromJson(
        $$"""
        {
          "id": "BUSUNIT001/unit-{{unit}}",
          "settings": { "unit": {{unit}} },
          "points": { "level": { "at": { "register": {{register}} }, "access": "readWrite", "interval": "20ms" } }
        }
        """,
        BusJson.Default.BusDeviceSettings,
        BusJson.Default.BusPoint);

    private Task<RunningDriver<BusDriver>> StartAsync(TimeSpan timeout, params IReadOnlyList<SubDevice> units) =>
        RunningDriver<BusDriver>.StartAsync(
        log => new BusDriver(new BusChannelSettings { Host = "127.0.0.1", Port = _bus.Port, Timeout = timeout }, TimeProvider.System, log),
            new InMemoryChannel(units));
}
