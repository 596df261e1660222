namespace BridgeFramework;

/// <summary>One field protocol, at work on one channel. The gateway runs the driver; the driver never talks to the cloud.</summary>
/// <remarks>
/// <para>A new instance is created for each run of a channel, in a container of its own. <see cref="RunAsync"/> is called once
/// per instance; <see cref="IAsyncDisposable.DisposeAsync"/> follows when it has ended, however it ended.</para>
/// <para>What a driver can do beyond reporting it says by implementing <see cref="ICommandHandler"/>,
/// <see cref="ILiveDevices"/>, <see cref="IFirmwareUpdater"/>, <see cref="IPairing"/> or <see cref="IDriverActions"/>, and by
/// declaring so in <see cref="DriverInfo.Capabilities"/>. Calls of those interfaces come while <see cref="RunAsync"/> runs,
/// from any thread, and may overlap it and each other unless the member says otherwise.</para>
/// </remarks>
public interface ISubDeviceDriver : IAsyncDisposable
{
    /// <summary>Opens the channel and serves its sub-devices until told to stop.</summary>
    /// <param name="channel">The gateway's side of the channel. Valid until the returned task ends; later calls are ignored.</param>
    /// <param name="stopping">
    /// Asks the driver to end. It has 10 seconds to let go of its resources; after that the gateway counts the run as lost.
    /// </param>
    /// <returns>A task that ends when the channel was closed. Ending without being asked to counts as a channel fault.</returns>
    /// <exception cref="OperationCanceledException">The normal end after <paramref name="stopping"/>; not a fault.</exception>
    /// <exception cref="DriverException">
    /// A channel fault. Any exception is one: the gateway logs it, sets the presence of the channel's sub-devices to
    /// <see cref="Presence.Unknown"/> and runs a new instance after a back-off of 1 s doubling to 60 s; where
    /// <see cref="DriverException.IsTransient"/> is <see langword="false"/>, at 60 s at once. Other channels notice nothing.
    /// </exception>
    Task RunAsync(IChannel channel, CancellationToken stopping);

    /// <summary>Lets go of what outlives a run. A driver that has closed everything when
    /// <see cref="RunAsync"/> ends need not write it.</summary>
#pragma warning disable CA1816 // There is nothing to finalize.
    ValueTask IAsyncDisposable.DisposeAsync() => ValueTask.CompletedTask;
#pragma warning restore CA1816
}
