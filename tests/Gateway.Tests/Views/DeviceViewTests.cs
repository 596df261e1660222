using BridgeFramework.IotHub;
using BridgeFramework.Outbox;
using BridgeFramework.Runtime;
using Microsoft.Extensions.Time.Testing;

namespace BridgeFramework.Gateway.Tests;

public sealed class DeviceViewTests
{
    [Fact]
    public void Those_that_are_not_well_come_first_and_the_rest_keeps_its_order()
    {
        var views = DeviceView.AllOf(Status(
            Device("P/a", Presence.Present, CloudState.Online),
            Device("P/b", Presence.Absent, CloudState.Offline),
            Device("P/c", Presence.Present, CloudState.Online),
            Device("P/d", Presence.Present, CloudState.Refused)));

        Assert.Equal("P/b P/d P/a P/c", string.Join(' ', views.Select(view => view.Id)));
        Assert.Equal("4 sub-devices: 2 not as they should be, 2 online", PrintedDevices.Summary(views));
    }

    [Fact]
    public void Among_many_that_are_well_those_that_commands_do_not_reach_are_named()
    {
        var devices = Enumerable.Range(1, 120).Select(n => Device($"P/d{n}", Presence.Present, CloudState.Online) with
        {
            Commands = n <= 96 ? CommandReach.Reachable : CommandReach.OverBudget,
            Reason = n <= 96 ? null : "Commands do not reach it",
        });
        var status = new StatusView
        {
            State = GatewayHealth.Ok,
            Gateway = "P/gateway",
            Version = "1",
            Now = DateTimeOffset.UnixEpoch,
            StartedAt = DateTimeOffset.UnixEpoch,
            Uptime = TimeSpan.Zero,
            Hub = HubView.Of(Status().Hub, "mqtt://hub", new FakeTimeProvider()),
            Queue = new QueueView(0, 0, TimeSpan.FromSeconds(1), 0, 0),
            Firmware = new FirmwareCountsView(0, 0, 0, 0),
            Plugins = [],
            Channels = [],
            Devices = DeviceView.AllOf(Status([.. devices])),
        };
        using var output = new StringWriter { NewLine = "\n" };
        Terminal.Of(output).Write(PrintedStatus.Of(status));

        string text = output.ToString();
        Assert.Contains("120 sub-devices: 120 online, 24 not reachable for commands\n", text, StringComparison.Ordinal);
        Assert.Matches("(?m)^  P/d97 +online +present +line1 +Commands do not reach it$", text);
        Assert.Contains("P/d120 ", text, StringComparison.Ordinal);
        Assert.DoesNotContain("P/d96 ", text, StringComparison.Ordinal);
        Assert.Contains("… and 96 more: bridge device list\n", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("1.0.3-rc_1", true)]
    [InlineData(null, false)]
    public void The_firmware_is_shown_where_the_driver_has_said_it(string? version, bool isShown)
    {
        var status = Status(Device("P/a", Presence.Present, CloudState.Online));
        var detail = new DeviceDetailView
        {
            Device = DeviceView.Of(status, status.SubDevices[0]),
            Driver = "d",
            FirmwareVersion = version,
            CanBind = true,
            Points = [],
        };
        using var output = new StringWriter { NewLine = "\n" };
        Terminal.Of(output).Write(PrintedDevices.Detail(detail));

        string text = output.ToString();
        Assert.Equal(isShown, text.Contains("firmware", StringComparison.Ordinal));
        if (isShown) Assert.Matches("(?m)^firmware +1\\.0\\.3-rc_1 *$", text);
    }

    [Theory]
    [InlineData("line1", Presence.Present, CloudState.Online, true)]
    [InlineData("line1", Presence.Absent, CloudState.Online, false)]
    [InlineData("line1", Presence.Present, CloudState.BringingOnline, false)]
    [InlineData("", Presence.Unknown, CloudState.Unknown, true)]
    public void Well_is_online_and_seen_or_not_in_use(string channel, Presence presence, CloudState cloud, bool ok) =>
        Assert.Equal(ok, Assert.Single(DeviceView.AllOf(Status(Device("P/a", presence, cloud) with { Channel = channel }))).Ok);

    [Theory]
    [InlineData("line1", ManualOverride.Offline, "held offline by hand", false)]
    [InlineData("line1", ManualOverride.Unbound, "unbound by hand", false)]
    [InlineData("", ManualOverride.Offline, "held offline by hand", true)]
    [InlineData("", ManualOverride.Online, "held online by hand", false)]
    public void What_was_ordered_by_hand_is_the_reason(string channel, ManualOverride order, string reason, bool ok)
    {
        var device = Device("P/a", Presence.Unknown, CloudState.Offline) with { Channel = channel };
        var status = Status(device) with { Overrides = new Dictionary<SubDeviceId, ManualOverride> { [device.Id] = order } };

        var view = Assert.Single(DeviceView.AllOf(status));

        Assert.Equal((reason, ok), (view.Reason, view.Ok));
    }

    private static SubDeviceStatus Device(string id, Presence presence, CloudState cloud) =>
        new() { Id = SubDeviceId.Parse(id), Channel = "line1", Presence = presence, Cloud = cloud };

    private static GatewayStatus Status(params IReadOnlyList<SubDeviceStatus> devices) => new()
    {
        Hub = new HubSessionStatus { State = HubSessionState.Online, Since = DateTimeOffset.UnixEpoch, SinceTimestamp = 0 },
        Channels = [],
        SubDevices = devices,
        Outbox = new OutboxStatus { Epoch = "k3f7aq2d", PendingBytes = 0, StoredBytes = 0, OldestAge = null, Trouble = null },
    };
}
