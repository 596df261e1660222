namespace BridgeFramework;

/// <summary>Opt-in: takes changes of the channel's sub-devices while it runs. Without it a change restarts the channel.</summary>
/// <remarks>
/// <para><b>When.</b> From <see cref="IChannel.SetServing"/> until the driver is told to stop. Calls never overlap each other; they
/// may overlap <see cref="ISubDeviceDriver.RunAsync"/>, commands, updates and all else. A new configuration comes as one call for each
/// sub-device that differs: first those that are removed, then those that are replaced, then those that are added. Between two calls
/// two sub-devices may have one address. There is no call for a sub-device that does not differ, and it should not notice.</para>
/// <para><b>What may be said.</b> Of <see cref="DeviceChange.After"/> from the beginning of the call: the driver may describe and
/// report it at once. Of <see cref="DeviceChange.Before"/> until the call has returned; from then on whatever is said of it has no
/// effect and does not throw, so that a request that was under way need not be waited for. Values are reported with the points of the
/// same instance: those of the old one are foreign to the new one, and what <see cref="IChannel.Describe"/> said of the old one is to
/// be said of the new one again.</para>
/// <para><b>What stays.</b> Presence and firmware version are kept under the id, as they were last said, until the driver says
/// something else. One that was removed and comes back later is new.</para>
/// <para><b>Commands and updates.</b> New ones are given <see cref="DeviceChange.Before"/> until the call has returned, and
/// <see cref="DeviceChange.After"/> from then on. Those under way go on and are to be finished. One for
/// <see cref="DeviceChange.Before"/> that was on its way may arrive after the call: a command is to be refused by a
/// <see cref="DeviceRejectedException"/>, an update by a <see cref="DeviceUnreachableException"/>, so that it is tried again.</para>
/// </remarks>
public interface ILiveDevices
{
    /// <summary>Applies one change. When the task ends the driver serves the sub-devices as they are now.</summary>
    /// <param name="change">What changed.</param>
    /// <param name="cancellationToken">Cancelled after 10 s, which counts as a throw, and when the driver is told to stop.</param>
    /// <exception cref="Exception">Whatever is thrown means that this cannot be done while the channel runs. What was done of it does
    /// not matter: the gateway says why in its log and starts the channel anew with the sub-devices as they are to be.</exception>
    ValueTask ApplyAsync(DeviceChange change, CancellationToken cancellationToken);
}
