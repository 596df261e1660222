namespace BridgeFramework;

/// <summary>Opt-in: carries out commands of the cloud or an operator.</summary>
/// <remarks>
/// Called while <see cref="ISubDeviceDriver.RunAsync"/> runs. Commands of one sub-device never overlap and come in the order
/// they arrived; commands of different sub-devices may overlap. On a shared bus a command goes ahead of polls.
/// </remarks>
public interface ICommandHandler
{
    /// <summary>Carries out one command.</summary>
    /// <param name="device">One of the channel, in whatever presence.</param>
    /// <param name="command">What to do. Its points are of <paramref name="device"/> and allow it.</param>
    /// <param name="cancellationToken">
    /// Cancelled when the command's deadline has passed or the channel stops. A command that has reached the device by then
    /// should be reported with <see cref="CommandOutcome.Unknown"/> for what is not known to be done.
    /// </param>
    /// <returns>What became of each part.</returns>
    /// <exception cref="DeviceUnreachableException">No answer; the cloud is told "timed out".</exception>
    /// <exception cref="DeviceRejectedException">The device refused; the cloud is told "refused" with the message.</exception>
    /// <exception cref="LinkDownException">The way to the device is down; the cloud is told "absent".</exception>
    Task<CommandResult> ExecuteAsync(SubDevice device, DeviceCommand command, CancellationToken cancellationToken);
}
