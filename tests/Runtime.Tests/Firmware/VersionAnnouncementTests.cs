using BridgeFramework.Configuration;

namespace BridgeFramework.Runtime.Tests;

/// <summary>How firmware versions come to the hub, in simulated time.</summary>
public sealed class VersionAnnouncementTests
{
    private static readonly SubDevicePlan Meter = Simulation.Device("meter");
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    [Fact]
    public void Five_hundred_devices_are_brought_online_then_subscribed_to_then_their_versions_are_reported()
    {
        const int Subscriptions = 88; // four places are the gateway's own, eight are kept for firmware updates
        using var simulation = Many(500);
        var silent = simulation.Reconciler.Snapshot().Where((_, n) => n % 10 == 0).Select(device => device.Id).ToHashSet();
        foreach (var device in simulation.Reconciler.Snapshot().Where(device => !silent.Contains(device.Id)))
            simulation.SetFirmwareVersion(device.Id, "0.1.0");

        simulation.Connect();
        simulation.Run(TimeSpan.FromMinutes(3));

        Assert.Equal(
            [
                .. Enumerable.Repeat(CloudAction.BringOnline, 500),
                .. Enumerable.Repeat(CloudAction.Subscribe, Subscriptions),
                .. Enumerable.Repeat(CloudAction.AnnounceVersion, 500 - silent.Count),
            ],
            simulation.Hub.Asked.Select(asked => asked.Action));
        Assert.All(simulation.Reconciler.Snapshot(), device =>
            Assert.Equal(silent.Contains(device.Id) ? null : "0.1.0", simulation.Hub.VersionOf(device.Id)));
        AssertHalfOfThePaceIsLeft(simulation.Hub);
    }

    [Fact]
    public void After_a_reconnect_each_version_is_reported_again_once()
    {
        using var simulation = Many(50);
        foreach (var device in simulation.Reconciler.Snapshot()) simulation.SetFirmwareVersion(device.Id, "0.1.0");
        simulation.Connect();
        simulation.Run(Minute);
        Assert.Equal(50, simulation.Hub.Reports.Count);

        simulation.Disconnect();
        simulation.Run(Minute);
        Assert.Equal(50, simulation.Hub.Reports.Count);
        simulation.Connect();
        simulation.Run(Minute);

        Assert.Equal(100, simulation.Hub.Reports.Count);
        Assert.Equal(50, simulation.Hub.Reports.Skip(50).Select(report => report.Id).Distinct().Count());
    }

    [Fact]
    public void A_restart_of_the_channel_neither_forgets_the_version_nor_reports_it_again()
    {
        using var simulation = OneTold("1.0");

        simulation.SetPresence(Meter.Id, Presence.Unknown);
        simulation.Run(Soon);
        simulation.SetPresence(Meter.Id, Presence.Present);
        simulation.SetFirmwareVersion(Meter.Id, "1.0");
        simulation.Run(Minute);

        Assert.Equal("1.0", Reported(simulation));
        Assert.Equal("1.0", simulation.StatusOf(Meter.Id).FirmwareVersion);
    }

    [Fact]
    public void Of_versions_said_while_one_is_under_way_the_newest_is_reported_and_no_two_at_once()
    {
        using var simulation = OneTold("1.0");

        simulation.SetFirmwareVersion(Meter.Id, "1.1");
        simulation.Run(TimeSpan.FromMilliseconds(50));
        Assert.Equal("1.0 1.1", Reported(simulation));
        simulation.SetFirmwareVersion(Meter.Id, "1.2");
        simulation.SetFirmwareVersion(Meter.Id, "1.3");
        simulation.Run(Minute);

        Assert.Equal("1.0 1.1 1.3", Reported(simulation));
    }

    [Fact]
    public void A_version_said_while_offline_is_reported_once_online()
    {
        using var simulation = OneTold("1.0");
        simulation.SetPresence(Meter.Id, Presence.Absent);
        simulation.Run(Minute);

        simulation.SetFirmwareVersion(Meter.Id, "1.1");
        simulation.Run(Minute);
        Assert.Equal("1.0", Reported(simulation));
        simulation.SetPresence(Meter.Id, Presence.Present);
        simulation.Run(Minute);

        Assert.Equal("1.0 1.1", Reported(simulation));
    }

    [Fact]
    public void One_that_was_bound_anew_is_told_anew()
    {
        using var simulation = OneTold("1.0");

        simulation.Hub.Change(Meter.Id, isBound: false);
        simulation.Run(Minute);
        Assert.Equal("1.0", Reported(simulation));
        simulation.Hub.Change(Meter.Id, isBound: true);
        simulation.Run(Minute);

        Assert.Equal("1.0 1.0", Reported(simulation));
    }

    [Fact]
    public void What_the_hub_does_not_take_is_reported_after_a_rest_and_not_before()
    {
        using var simulation = OneTold("1.0");
        bool fails = true;
        simulation.Hub.Script = (_, _) => fails ? new CloudAnswer(CloudEvent.Failed, "no confirmation") : null;

        simulation.SetFirmwareVersion(Meter.Id, "1.1");
        simulation.Run(TimeSpan.FromSeconds(5));
        fails = false;
        Assert.Equal("1.0 1.1", Reported(simulation));
        simulation.Run(TimeSpan.FromSeconds(0.5));

        Assert.Equal("1.0 1.1 1.1", Reported(simulation));
        Assert.Equal(CloudState.Online, simulation.StatusOf(Meter.Id).Cloud);
    }

    [Fact]
    public void What_a_lost_connection_did_not_confirm_is_reported_on_the_next_one()
    {
        using var simulation = OneTold("1.0");
        simulation.SetFirmwareVersion(Meter.Id, "1.1");
        simulation.Run(TimeSpan.FromMilliseconds(50)); // under way

        simulation.Disconnect();
        simulation.Connect();
        simulation.Run(Soon);

        Assert.Equal("1.0 1.1 1.1", Reported(simulation));
        Assert.Equal("1.1", simulation.Hub.VersionOf(Meter.Id));
    }

    [Fact]
    public void A_version_that_may_have_arrived_is_corrected_when_the_driver_takes_it_back()
    {
        using var simulation = OneTold("1.0");
        simulation.Hub.ConfirmsVersions = false;
        simulation.SetFirmwareVersion(Meter.Id, "1.1");
        simulation.Run(Soon);
        Assert.Equal("1.1", simulation.Hub.VersionOf(Meter.Id));

        simulation.Hub.ConfirmsVersions = true;
        simulation.SetFirmwareVersion(Meter.Id, "1.0");
        simulation.Run(Minute);

        Assert.Equal("1.0", simulation.Hub.VersionOf(Meter.Id));
    }

    [Fact]
    public void Versions_that_the_hub_does_not_confirm_hold_up_nobody_s_online()
    {
        using var simulation = new Simulation(Enumerable.Range(1, 40).Select(n => (Simulation.Device($"m{n:000}"), true)));
        var devices = simulation.Reconciler.Snapshot().Select(device => device.Id).ToList();
        simulation.Hub.ConfirmsVersions = false;
        foreach (var id in devices.Take(20))
        {
            simulation.SetFirmwareVersion(id, "1.0");
            simulation.SetPresence(id, Presence.Present);
        }

        simulation.Connect();
        simulation.Run(TimeSpan.FromSeconds(10));
        Assert.Equal(VersionPace.MaxUnderWay, simulation.Hub.MostReportsUnderWay);
        foreach (var id in devices.Skip(20)) simulation.SetPresence(id, Presence.Present);
        simulation.Run(Soon);

        Assert.All(devices, id => Assert.True(simulation.Hub.IsOnline(id), $"{id} is not online."));
    }

    private static Simulation OneTold(string version)
    {
        var simulation = new Simulation([(Meter, true)]);
        simulation.SetPresence(Meter.Id, Presence.Present);
        simulation.SetFirmwareVersion(Meter.Id, version);
        simulation.Connect();
        simulation.Run(TimeSpan.FromMinutes(2));
        Assert.Equal(version, simulation.Hub.VersionOf(Meter.Id));
        return simulation;
    }

    private static Simulation Many(int count)
    {
        var simulation = new Simulation(Enumerable.Range(1, count).Select(n => (Simulation.Device($"m{n:000}"), true)));
        foreach (var device in simulation.Reconciler.Snapshot()) simulation.SetPresence(device.Id, Presence.Present);
        return simulation;
    }

    private static string Reported(Simulation simulation) => string.Join(' ', simulation.Hub.Reports.Select(report => report.Version));

    /// <summary>Versions go ahead of values, and the cloud takes 15 messages a second.</summary>
    private static void AssertHalfOfThePaceIsLeft(SimulatedHub hub)
    {
        var spacings = hub.Reports.Zip(hub.Reports.Skip(1), (one, next) => next.At - one.At);
        Assert.All(spacings, spacing => Assert.True(spacing >= TimeSpan.FromSeconds(2.0 / 15), $"Two versions within {spacing}."));
    }
}
