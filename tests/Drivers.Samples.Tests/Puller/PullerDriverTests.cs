using System.Collections.Concurrent;
using System.Text;
using BridgeFramework.Testing;
using Example.Puller;

namespace BridgeFramework.Drivers.Samples.Tests.Puller;

public sealed class PullerDriverTests
{
    private const int BlockSize = 512;
    private readonly WatchedTime _time = new();
    private readonly ConcurrentQueue<FirmwareProgress> _progress = new();

    private static readonly SubDevice Next = Valve("next");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_image_is_pulled_block_by_block_until_the_device_runs_the_new_version()
    {
        var valve = Valve("valve-1");
        await using var driver = await StartAsync(valve);
        using var device = await AppearAsync(driver, valve, "valve-1");
        var update = UpdateAsync(driver, valve, Image());

        await device.TakeOfferAsync();
        while (!device.IsComplete) await device.PullAsync();
        await device.VerifyAsync();

        await update.OrFail("the update ends");
        Assert.Equal("2.0", device.Version);
        await driver.Channel.FirmwareVersions.WaitAsync(said => said == (valve, "2.0"), Ct).OrFail("the new version is told");
        Assert.Equal([0, 512, 1024, 1300], _progress.Select(progress => progress.BytesAcknowledged));
        Assert.Equal(FirmwareStage.Verifying, _progress.Last().Stage);
    }

    [Fact]
    public async Task An_update_that_was_cancelled_goes_on_where_it_was_and_the_image_is_not_read_after_the_cancellation()
    {
        var valve = Valve("valve-1");
        await using var driver = await StartAsync(valve);
        using var device = await AppearAsync(driver, valve, "valve-1");
        using var cancelling = new CancellationTokenSource();
        var image = Image();
        var update = UpdateAsync(driver, valve, image, cancelling.Token);
        await device.TakeOfferAsync();
        await device.PullAsync();
        await device.PullAsync();

        await cancelling.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => update.OrFail("the update ends"));
        image.Closed = true;
        await device.AskAsync(2); // nobody serves it
        Assert.Equal(FirmwareState.Running, (await QueryAsync(driver, valve, device, $"pulling 1.0 {new string('a', 64)}")).State);

        var again = UpdateAsync(driver, valve, Image());
        await device.TakeOfferAsync();
        Assert.Equal(2, device.Next);
        while (!device.IsComplete) await device.PullAsync();
        await device.VerifyAsync();
        await again.OrFail("the update ends");
        Assert.Equal([0, 512, 1024, 1300], _progress.Select(progress => progress.BytesAcknowledged));
    }

    [Fact]
    public async Task A_device_that_finds_the_digest_wrong_refuses_the_image()
    {
        var valve = Valve("valve-1");
        await using var driver = await StartAsync(valve);
        using var device = await AppearAsync(driver, valve, "valve-1");
        var update = UpdateAsync(driver, valve, new InMemoryFirmwareImage("2.0", new byte[1300]) { Sha256 = new byte[32] });

        await device.TakeOfferAsync();
        while (!device.IsComplete) await device.PullAsync();
        await device.VerifyAsync();

        var refusal = await Assert.ThrowsAsync<DeviceRejectedException>(() => update.OrFail("the update ends"));
        Assert.Contains("VALVE00001/valve-1 does not take version 2.0: wrong-digest", refusal.Message, StringComparison.Ordinal);
        var status = await QueryAsync(driver, valve, device, $"failed 1.0 {new string('0', 64)} wrong-digest");
        Assert.Equal((FirmwareState.Failed, "1.0", "wrong-digest"), (status.State, status.Version, status.Reason));
    }

    [Fact]
    public async Task An_image_that_is_shorter_than_it_says_ends_the_update_and_not_the_channel()
    {
        var valve = Valve("valve-1");
        await using var driver = await StartAsync(valve);
        using var device = await AppearAsync(driver, valve, "valve-1");
        var update = UpdateAsync(driver, valve, new InMemoryFirmwareImage("2.0", new byte[1000]) { Size = 1300 });

        await device.TakeOfferAsync();
        await device.PullAsync();
        await device.AskAsync(1);

        var fault = await Assert.ThrowsAsync<DriverException>(() => update.OrFail("the update ends"));
        Assert.Contains("ends at byte 1000 of 1300", fault.Message, StringComparison.Ordinal);
        Assert.Equal(FirmwareState.Idle, (await QueryAsync(driver, valve, device, "idle 1.0")).State);
    }

    [Fact]
    public async Task Questions_for_blocks_that_are_not_of_the_image_are_not_answered()
    {
        var valve = Valve("valve-1");
        await using var driver = await StartAsync(valve);
        using var device = await AppearAsync(driver, valve, "valve-1");
        var update = UpdateAsync(driver, valve, Image());
        await device.TakeOfferAsync();

        await device.SayAsync($"block {new string('f', 64)} 0");
        await device.SayAsync($"block {new string('f', 64)}");
        await device.AskAsync(-1);
        await device.SayAsync("block");
        await device.SayAsync("");

        await device.PullAsync(); // the first block is the first answer
        while (!device.IsComplete) await device.PullAsync();
        await device.VerifyAsync();
        await update.OrFail("the update ends");
    }

    [Fact]
    public async Task A_device_that_has_forgotten_the_offer_is_offered_it_again()
    {
        var valve = Valve("valve-1");
        await using var driver = await StartAsync(valve);
        using var device = await AppearAsync(driver, valve, "valve-1");
        var update = UpdateAsync(driver, valve, Image());
        await device.TakeOfferAsync();

        await device.SayAsync("idle 1.0");
        await device.TakeOfferAsync();

        await device.SayAsync("idle 2.0");
        await update.OrFail("the update ends");
    }

    [Fact]
    public async Task A_device_that_falls_silent_is_absent_and_its_update_is_given_up()
    {
        var valve = Valve("valve-1");
        await using var driver = await StartAsync(valve);
        using var device = await AppearAsync(driver, valve, "valve-1");
        var update = UpdateAsync(driver, valve, Image());
        await device.TakeOfferAsync();
        await _time.ArmedAsync(TimeSpan.FromHours(2));

        _time.Advance(TimeSpan.FromHours(2));

        var silence = await Assert.ThrowsAsync<DeviceUnreachableException>(() => update.OrFail("the update is given up"));
        Assert.Contains("02:00:00", silence.Message, StringComparison.Ordinal);
        await driver.Channel.WaitForPresenceAsync(valve, Presence.Absent, Ct).OrFail("the device is absent");
    }

    [Fact]
    public async Task Several_devices_pull_at_the_same_time()
    {
        SubDevice[] valves = [Valve("valve-1"), Valve("valve-2")];
        await using var driver = await StartAsync(valves);
        using var first = await AppearAsync(driver, valves[0], "valve-1");
        using var second = await AppearAsync(driver, valves[1], "valve-2");
        var image = Image();
        Task[] updates = [UpdateAsync(driver, valves[0], image), UpdateAsync(driver, valves[1], image)];
        await first.TakeOfferAsync();
        await second.TakeOfferAsync();

        while (!first.IsComplete)
        {
            await first.PullAsync();
            await second.PullAsync();
        }

        await second.VerifyAsync();
        await updates[1].OrFail("the second update ends");
        Assert.False(updates[0].IsCompleted);
        await first.VerifyAsync();
        await updates[0].OrFail("the first update ends");
    }

    [Theory]
    [InlineData("idle 1.0", FirmwareState.Idle, "1.0")]
    [InlineData("dreaming", FirmwareState.Unknown, null)]
    [InlineData("idle not:a:version", FirmwareState.Unknown, null)]
    public async Task How_a_device_stands_is_what_it_says(string answer, FirmwareState state, string? version)
    {
        var valve = Valve("valve-1");
        await using var driver = await StartAsync(valve);
        using var device = await AppearAsync(driver, valve, "valve-1");

        var status = await QueryAsync(driver, valve, device, answer);

        Assert.Equal((state, version), (status.State, status.Version));
    }

    [Fact]
    public async Task A_device_that_sleeps_stands_as_it_said_last_and_is_not_waited_for()
    {
        var valve = Valve("valve-1");
        await using var driver = await StartAsync(valve);
        using var device = await AppearAsync(driver, valve, "valve-1");

        var status = await driver.Driver.QueryAsync(valve, Ct).OrFail("the question is answered");

        Assert.Equal((FirmwareState.Idle, "1.0"), (status.State, status.Version));
    }

    [Fact]
    public async Task A_device_that_was_never_heard_of_cannot_be_asked()
    {
        var valve = Valve("valve-1");
        await using var driver = await StartAsync(valve);
        await Assert.ThrowsAsync<DeviceUnreachableException>(() => driver.Driver.QueryAsync(valve, Ct));
        await Assert.ThrowsAsync<DeviceUnreachableException>(() => UpdateAsync(driver, valve, Image()));
    }

    private static async Task<FirmwareStatus> QueryAsync(
        RunningDriver<PullerDriver> driver, SubDevice valve, PullerSimulator device, string answer)
    {
        await device.SayAsync(answer);
        using var next = await AppearAsync(driver, Next, "next"); // what comes after it is heard, and so is it
        return await driver.Driver.QueryAsync(valve, Ct).OrFail("the question is answered");
    }

    private static async Task<PullerSimulator> AppearAsync(RunningDriver<PullerDriver> driver, SubDevice valve, string name)
    {
        var device = new PullerSimulator(name, driver.Endpoint);
        await device.SayAsync("idle 1.0");
        await driver.Channel.WaitForPresenceAsync(valve, Presence.Present, Ct).OrFail("the device is present");
        await driver.Channel.FirmwareVersions.WaitAsync(said => said == (valve, "1.0"), Ct).OrFail("its version is told");
        return device;
    }

    private static InMemoryFirmwareImage Image() => new("2.0", Enumerable.Range(0, 1300).Select(n => (byte)(n / 3)).ToArray());

    private static SubDevice Valve(string name) =>
        TestDevice.FromJson($$"""{ "id": "VALVE00001/{{name}}", "settings": { "name": "{{name}}" } }""", PullerJson.Default.PullerDeviceSettings, PullerJson.Default.PullerPoint);

    private Task<RunningDriver<PullerDriver>> StartAsync(params IReadOnlyList<SubDevice> valves) => RunningDriver<PullerDriver>.StartAsync(
        log => new PullerDriver(new PullerChannelSettings { Address = "127.0.0.1", Port = 0 }, _time, log),
        new InMemoryChannel([.. valves, Next]));

    private Task UpdateAsync(RunningDriver<PullerDriver> driver, SubDevice valve, IFirmwareImage image,
        CancellationToken? cancellationToken = null) =>
        driver.Driver.UpdateAsync(valve, image, new Progress(_progress), cancellationToken ?? Ct);

    /// <summary>Unlike <see cref="Progress{T}"/> it hears at once, in order.</summary>
    private sealed class Progress(ConcurrentQueue<FirmwareProgress> heard) : IProgress<FirmwareProgress>
    {
        public void Report(FirmwareProgress value) => heard.Enqueue(value);
    }
}
