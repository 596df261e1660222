using BridgeFramework;

namespace Fixture.Roster;

/// <summary>Has the sub-devices that it is started with.</summary>
internal sealed class RosterDriver(RosterChannelSettings settings, TimeProvider time) : ISubDeviceDriver
{
    /// <inheritdoc/>
    public Task RunAsync(IChannel channel, CancellationToken stopping) =>
        new DeviceRoster(channel, TimeSpan.FromMilliseconds(settings.ReportMilliseconds), time).RunAsync(stopping);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
