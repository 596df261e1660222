namespace BridgeFramework.Testing.Tests;

/// <summary>What <see cref="ILiveDevices"/> promises, a driver's own tests see kept.</summary>
public sealed class LiveDevicesTests
{
    private readonly SubDevice _before = Meter("TESTPROD01/meter");
    private readonly SubDevice _after = Meter("TESTPROD01/meter");
    private readonly InMemoryChannel _channel;

    public LiveDevicesTests()
    {
        _channel = new InMemoryChannel(_before);
        _channel.SetServing();
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Both_are_known_during_the_call_and_after_it_only_the_new_one()
    {
        await ApplyAsync(_before, _after, async () =>
        {
            await ReportAsync(_before);
            await ReportAsync(_after);
        });
        await ReportAsync(_before);
        await ReportAsync(_after);

        Assert.Equal([_before, _after, _after], _channel.Reports.ToList().Select(report => report.Device));
    }

    [Fact]
    public async Task What_is_said_of_one_that_was_removed_has_no_effect()
    {
        await ApplyAsync(_before, after: null);

        await ReportAsync(_before);
        await _channel.ReportEventAsync(_before, new DeviceEvent { Name = "late" }, Ct);
        _channel.SetPresence(_before, Presence.Present);
        _channel.SetFirmwareVersion(_before, "1.0");
        _channel.Describe(_before, []);

        int said = _channel.Reports.Count + _channel.Events.Count + _channel.PresenceChanges.Count + _channel.FirmwareVersions.Count;
        Assert.Equal(0, said);
    }

    [Fact]
    public async Task An_old_point_is_foreign_to_the_new_one()
    {
        await ApplyAsync(_before, _after);

        await Assert.ThrowsAsync<ArgumentException>(
            async () => await _channel.ReportAsync(_after, new[] { new PointValue(_before.Points[0], Variant.From(1)) }, Ct));
    }

    [Fact]
    public async Task A_driver_hears_of_a_change_when_it_serves_and_not_before()
    {
        var channel = new InMemoryChannel();
        bool heard = false;

        var change = channel.ApplyAsync(new Driver(() => Heard()), new DeviceChange { After = _after }, Ct).AsTask();
        Assert.False(change.IsCompleted || heard);
        channel.SetServing();

        await change.OrFail("the driver hears of it");
        Assert.True(heard);

        ValueTask Heard()
        {
            heard = true;
            return ValueTask.CompletedTask;
        }
    }

    [Fact]
    public async Task A_change_that_the_gateway_would_not_ask_for_is_refused()
    {
        await Assert.ThrowsAsync<ArgumentException>(() => ApplyAsync(before: null, after: null));
        await Assert.ThrowsAsync<ArgumentException>(() => ApplyAsync(_after, after: null));
        await Assert.ThrowsAsync<ArgumentException>(() => ApplyAsync(before: null, _after));
        await Assert.ThrowsAsync<ArgumentException>(() => ApplyAsync(_before, Meter("TESTPROD01/other")));
    }

    private static SubDevice Meter(string id) => TestDevice.Create(id, new { }, TestDevice.Point("voltage", new { }));

    private async Task ReportAsync(SubDevice device) =>
        await _channel.ReportAsync(device, new[] { new PointValue(device.Points[0], Variant.From(1)) }, Ct);

    private async Task ApplyAsync(SubDevice? before, SubDevice? after, Func<Task>? meanwhile = null)
    {
        var driver = new Driver(async () => await (meanwhile?.Invoke() ?? Task.CompletedTask));
        await _channel.ApplyAsync(driver, new DeviceChange { Before = before, After = after }, Ct);
    }

    private sealed class Driver(Func<ValueTask> apply) : ILiveDevices
    {
        public ValueTask ApplyAsync(DeviceChange change, CancellationToken cancellationToken) => apply();
    }
}
