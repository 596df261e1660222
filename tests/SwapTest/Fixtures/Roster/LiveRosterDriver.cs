using BridgeFramework;

namespace Fixture.Roster;

/// <summary>Takes other sub-devices while it runs.</summary>
internal sealed class LiveRosterDriver(RosterChannelSettings settings, TimeProvider time) : ISubDeviceDriver, ILiveDevices
{
    private DeviceRoster? _roster;

    /// <inheritdoc/>
    public Task RunAsync(IChannel channel, CancellationToken stopping)
    {
        _roster = new DeviceRoster(channel, TimeSpan.FromMilliseconds(settings.ReportMilliseconds), time);
        return _roster.RunAsync(stopping);
    }

    /// <inheritdoc/>
    public ValueTask ApplyAsync(DeviceChange change, CancellationToken cancellationToken) =>
        _roster?.ChangeAsync(change) ?? throw new InvalidOperationException("It does not run.");

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
