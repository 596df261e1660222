using BridgeFramework.Files;
using BridgeFramework.Outbox;

namespace BridgeFramework.Runtime.Tests;

public sealed class HostedChannelTests : IAsyncDisposable
{
    private static readonly PointDefinition Voltage = new() { Name = "voltage", At = new object() };
    private static readonly PointDefinition Energy = new() { Name = "energy", At = new object() };
    private readonly LaneOutbox _outbox = TestUplink.Outbox();
    private readonly List<Presence> _presences = [];
    private readonly List<(SubDeviceId Id, string Version)> _versions = [];
    private readonly SubDevice _meter = Meter();
    private readonly ChannelTraffic _traffic = new(Time);
    private readonly HostedChannel _channel;
    private int _servings;

    private static WatchedTime Time { get; } = new();

    public HostedChannelTests() => _channel = new HostedChannel(
        "line1", [_meter], store: null! /* not looked at */,
            new UplinkIntake(_outbox, TestUplink.Clock(Time), [TestUplink.Device("SUBPROD001/meter")], TestUplink.BadInterval, Time),
            (_, presence, _) => _presences.Add(presence), (id, version) => _versions.Add((id, version)), _ => _servings++, _traffic, Time);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _outbox.DisposeAsync();

    [Fact]
    public async Task A_sub_device_of_another_channel_is_the_drivers_mistake_everywhere()
    {
        // The same identity, and yet not the object that the channel gave.
        var foreign = Meter();

        await Assert.ThrowsAsync<ArgumentException>(
            async () => await _channel.ReportAsync(foreign, new[] { new PointValue(Voltage, Variant.From(1)) }, Ct));
        await Assert.ThrowsAsync<ArgumentException>(
            async () => await _channel.ReportEventAsync(foreign, new DeviceEvent { Name = "x" }, Ct));
        Assert.Throws<ArgumentException>(() => _channel.SetPresence(foreign, Presence.Present));
        Assert.Throws<ArgumentException>(() => _channel.Describe(foreign, []));
        Assert.Throws<ArgumentException>(() => _channel.SetFirmwareVersion(foreign, "1.0"));
        Assert.Empty(_presences);
    }

    [Fact]
    public async Task What_no_driver_may_report_is_refused_as_a_whole()
    {
        await Assert.ThrowsAsync<ArgumentException>(async () => await _channel.ReportAsync(
            _meter, new[] { new PointValue(Voltage, Variant.From(1)), new PointValue(Energy, (Quality)99) }, Ct));
        await Assert.ThrowsAsync<ArgumentException>(async () => await _channel.ReportEventAsync(
            _meter, new DeviceEvent { Name = "no name" }, Ct));
        Assert.Throws<ArgumentOutOfRangeException>(() => _channel.SetPresence(_meter, (Presence)55));

        Assert.Equal(0, Waiting.Pending);
        Assert.Empty(_presences);
    }

    [Fact]
    public async Task What_a_lost_thread_writes_to_the_store_after_the_end_is_not_believed()
    {
        var folder = Directory.CreateTempSubdirectory("hosted-channel-");
        using var store = new FileChannelStore(new PrivateFolder(folder.FullName));
        var channel = new HostedChannel("line1", [_meter], store, new UplinkIntake(_outbox, TestUplink.Clock(Time),
            [TestUplink.Device("SUBPROD001/meter")], TestUplink.BadInterval, Time), (_, _, _) => { }, (_, _) => { }, _ => { },
            new ChannelTraffic(Time), Time);
        await channel.Store.WriteAsync("cursor", "1"u8.ToArray(), Ct);

        channel.Close();
        await channel.Store.WriteAsync("cursor", "2"u8.ToArray(), Ct);
        await channel.Store.DeleteAsync("cursor", Ct);

        Assert.Equal("1"u8.ToArray(), await store.ReadAsync("cursor", Ct));
        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task A_driver_that_calls_without_end_is_counted_by_what_it_calls()
    {
        for (int i = 0; i < 60_000; i++)
        {
            await _channel.ReportAsync(_meter, ReadOnlyMemory<PointValue>.Empty, Ct);
            if (i < 2000) await _channel.ReportEventAsync(_meter, new DeviceEvent { Name = "x" }, Ct);
            _channel.SetPresence(_meter, Presence.Present);
            _channel.SetFirmwareVersion(_meter, "1.0");
            _channel.ReportDiscovered(new DiscoveredDevice { Address = "x" });
        }

        Time.Advance(FloodMeter.Window);

        Assert.Equal(
            ["6000 reports", "200 events", "6000 changes of presence", "6000 firmware versions", "6000 discovered devices"],
            _traffic.Problems.Select(problem => problem.What["its driver floods the gateway with ".Length..].Split(" a second")[0]),
            StringComparer.Ordinal);
    }

    [Fact]
    public async Task A_point_of_another_sub_device_is_named_and_nothing_is_taken()
    {
        var exception = await Assert.ThrowsAsync<ArgumentException>(async () =>
            await _channel.ReportAsync(_meter, new[] { new PointValue(Voltage, Variant.From(1)),
                new PointValue(new PointDefinition { Name = "stray", At = new object() }, Variant.From(1)) }, Ct));

        Assert.Contains("'stray'", exception.Message, StringComparison.Ordinal);
        Assert.Equal(0, Waiting.Pending);
    }

    [Fact]
    public async Task A_stray_point_behind_one_that_is_there_twice_is_refused_before_anything_is_taken()
    {
        var good = new PointValue(Voltage, Variant.From(1));
        var stray = new PointValue(new PointDefinition { Name = "stray", At = new object() }, Variant.From(1));

        await Assert.ThrowsAsync<ArgumentException>(async () => await _channel.ReportAsync(_meter, new[] { good, good, stray }, Ct));

        Assert.Equal(0, Waiting.Pending);
    }

    [Fact]
    public async Task A_point_twice_in_one_report_makes_two_messages_and_loses_nothing()
    {
        await _channel.ReportAsync(
            _meter, new[] { new PointValue(Voltage, Variant.From(1)), new PointValue(Energy, Variant.From(2)),
                new PointValue(Voltage, Variant.From(3)) }, Ct);

        Assert.Equal(3, Waiting.Pending);
        _outbox.Open(_meter.ToString());
        var first = Take();
        Assert.Contains("""{"voltage":1,"energy":2}""", Text(first), StringComparison.Ordinal);
        first.Acknowledge(first.Items);
        var second = Take();
        Assert.Equal(3, second.FirstSequence);
        Assert.Contains("""{"voltage":3}""", Text(second), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_empty_report_is_harmless()
    {
        await _channel.ReportAsync(_meter, ReadOnlyMemory<PointValue>.Empty, Ct);

        Assert.Equal(0, Waiting.Pending);
    }

    [Fact]
    public async Task Described_points_take_the_place_of_the_configured_ones()
    {
        var own = new PointDefinition { Name = "own", At = new object(), Access = PointAccess.ReadWrite };
        _channel.Describe(_meter, [own]);

        await _channel.ReportAsync(_meter, new[] { new PointValue(own, Variant.From(1)) }, Ct);

        Assert.Equal(1, Waiting.Pending);
        Assert.Same(own, Assert.Single(_channel.Find(_meter.Id)?.Points ?? []));
        await Assert.ThrowsAsync<ArgumentException>(
            async () => await _channel.ReportAsync(_meter, new[] { new PointValue(Voltage, Variant.From(1)) }, Ct));
    }

    [Fact]
    public void A_name_described_twice_is_the_drivers_mistake_and_changes_nothing()
    {
        var exception = Assert.Throws<ArgumentException>(
            () => _channel.Describe(_meter, [Voltage, new PointDefinition { Name = "voltage", At = new object() }]));

        Assert.Contains("'voltage'", exception.Message, StringComparison.Ordinal);
        Assert.Equal(2, _channel.Find(_meter.Id)?.Points.Count);
    }

    [Theory]
    [InlineData("1.0.3-rc_1", true)]
    [InlineData("", false)]
    [InlineData("1 0", false)]
    [InlineData("123456789012345678901234567890123", false)]
    public void A_firmware_version_has_a_form(string version, bool good)
    {
        var exception = Record.Exception(() => _channel.SetFirmwareVersion(_meter, version));

        Assert.Equal(good, exception is null);
        if (!good) Assert.IsAssignableFrom<ArgumentException>(exception);
        Assert.Equal(good ? [(_meter.Id, version)] : [], _versions);
    }

    [Fact]
    public async Task A_closed_channel_takes_nothing_and_complains_of_nothing()
    {
        _channel.Close();

        _channel.SetServing();
        _channel.SetPresence(_meter, Presence.Present);
        _channel.SetFirmwareVersion(_meter, "1.0");
        await _channel.ReportAsync(_meter, new[] { new PointValue(Voltage, Variant.From(1)) }, Ct);
        await _channel.ReportEventAsync(_meter, new DeviceEvent { Name = "x" }, Ct);

        Assert.Equal((0, 0, 0), (_servings, _presences.Count, _versions.Count));
        Assert.Equal(0, Waiting.Pending);
    }

    private LaneStatus Waiting => _outbox.StatusOf(new Lane(_meter.ToString(), LaneKind.Live));

    private static SubDevice Meter() => new()
    {
        Id = SubDeviceId.Parse("SUBPROD001/meter"),
        Settings = new object(),
        Points = [Voltage, Energy],
    };

    private OutboxBatch Take()
    {
        Assert.True(_outbox.TryTake(LaneKind.Live, _ => 1, 16384, out var batch), "Nothing waits.");
        return batch;
    }

    private static string Text(OutboxBatch batch) =>
        Assert.Single(TestUplink.EncodeAll(new PlainUplink(stamp => stamp.Steady), batch.Records, batch.FirstSequence)).Text;
}
