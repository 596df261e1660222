using System.Collections.Concurrent;
using BridgeFramework;

namespace Fixture.Roster;

/// <summary>The sub-devices of a channel: reports 1, 2, 3, … for each, with its tag, as soon as it is there.</summary>
internal sealed class DeviceRoster(IChannel channel, TimeSpan interval, TimeProvider time)
{
    private readonly ConcurrentDictionary<SubDeviceId, SubDevice> _devices = new();
    private readonly ConcurrentDictionary<SubDeviceId, long> _numbers = new();

    /// <summary>Reports until told to stop.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        foreach (var device in channel.Devices) Take(device);
        channel.SetServing();
        using var timer = new PeriodicTimer(interval, time);
        do
        {
            foreach (var (_, device) in _devices) await ReportAsync(device);
        }
        while (await timer.WaitForNextTickAsync(stopping));
    }

    /// <summary>From now on there is this one instead of that one.</summary>
    public async ValueTask ChangeAsync(DeviceChange change)
    {
        if (change is { Before: { } gone, After: null }) _devices.TryRemove(gone.Id, out _);
        if (change.After is not { } device) return;
        Take(device);
        await ReportAsync(device);
    }

    private void Take(SubDevice device)
    {
        channel.SetPresence(device, Presence.Present);
        _devices[device.Id] = device;
    }

    private ValueTask ReportAsync(SubDevice device)
    {
        long number = _numbers.AddOrUpdate(device.Id, 1, (_, last) => last + 1);
        string tag = device.SettingsAs<RosterDeviceSettings>().Tag;
        PointValue[] values =
        [
            .. device.Points.Select(point => new PointValue(
                point, string.Equals(point.Name, "version", StringComparison.Ordinal) ? Variant.From(tag) : Variant.From(number))),
        ];
        return channel.ReportAsync(device, values, CancellationToken.None);
    }
}
