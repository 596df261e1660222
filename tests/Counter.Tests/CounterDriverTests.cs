using BridgeFramework.Testing;
using Example.Counter;

namespace BridgeFramework.Counter.Tests;

public sealed class CounterDriverTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_counter_is_present_read_and_written()
    {
        await using var counter = new CounterSimulator { Count = 41 };
        var device = Device(counter.Port);
        var channel = new InMemoryChannel(device);
        await using var driver = new CounterDriver(new CounterChannelSettings(), TimeProvider.System);
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        var run = driver.RunAsync(channel, stopping.Token);

        await channel.Serving.OrFail("the driver serves");
        await channel.WaitForPresenceAsync(device, Presence.Present, Ct).OrFail("the counter is present");
        await channel.WaitForValueAsync("count", value => value == Variant.From(41), Ct).OrFail("the count is read");

        var write = new WritePoints { Id = "1", Writes = [new PointWrite { Point = device.Points[0], Value = Variant.From(7) }] };
        var result = await driver.ExecuteAsync(device, write, Ct);
        Assert.Equal(CommandOutcome.Done, Assert.Single(result.Points).Outcome);
        Assert.Equal(7, counter.Count);
        await channel.WaitForValueAsync("count", value => value == Variant.From(7), Ct).OrFail("the new count is read");

        await stopping.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
    }

    [Fact]
    public async Task A_counter_that_is_switched_off_is_absent_and_its_points_are_bad()
    {
        var counter = new CounterSimulator();
        var device = Device(counter.Port);
        await counter.DisposeAsync();
        var channel = new InMemoryChannel(device);
        await using var driver = new CounterDriver(new CounterChannelSettings(), TimeProvider.System);
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        var run = driver.RunAsync(channel, stopping.Token);

        var absence = channel.WaitForPresenceAsync(device, Presence.Absent, Ct);
        await absence.OrFail("the counter is absent");
        Assert.Contains("cannot be reached", (await absence).Reason, StringComparison.Ordinal);
        await channel.WaitForQualityAsync("count", Quality.LinkDown, Ct).OrFail("the count is bad");

        await stopping.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
    }

    [Fact]
    public async Task A_register_that_the_counter_does_not_know_is_refused_and_the_counter_is_present()
    {
        await using var counter = new CounterSimulator();
        var device = Device(counter.Port, register: "pulses");
        var channel = new InMemoryChannel(device);
        await using var driver = new CounterDriver(new CounterChannelSettings(), TimeProvider.System);
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        var run = driver.RunAsync(channel, stopping.Token);

        await channel.WaitForQualityAsync("count", Quality.Refused, Ct).OrFail("the count is refused");
        await channel.WaitForPresenceAsync(device, Presence.Present, Ct).OrFail("the counter is present");

        await stopping.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
    }

    private static SubDevice Device(int port, string register = "count") => TestDevice.FromJson(
        $$"""
        {
          "id": "COUNTER001/press-1",
          "settings": { "host": "127.0.0.1", "port": {{port}} },
          "points": { "count": { "at": { "register": "{{register}}" }, "access": "readWrite", "interval": "20ms" } }
        }
        """,
        CounterJson.Default.CounterDeviceSettings,
        CounterJson.Default.CounterPoint);
}
