namespace BridgeFramework;

/// <summary>Opt-in: gives sub-devices a firmware image.</summary>
/// <remarks>
/// At most <see cref="DriverInfo.UpdateConcurrency"/> updates of one channel run at a time, never two of one sub-device.
/// The other sub-devices of the channel are to be served meanwhile.
/// </remarks>
public interface IFirmwareUpdater
{
    /// <summary>Transfers an image and has the device start it. The same image again means: go on where it was left.</summary>
    /// <param name="device">One of the channel.</param>
    /// <param name="image">The verified image; readable until the task ends.</param>
    /// <param name="progress">Told how far it is; as often as the driver likes.</param>
    /// <param name="cancellationToken">Cancelled on the operator's wish, at the deadline or at stop. Leave
    /// the device able to resume or to run its old firmware.</param>
    /// <returns>A task that ends when the device has taken the image. The gateway then asks
    /// <see cref="QueryAsync"/> for the version in force.</returns>
    /// <exception cref="DeviceUnreachableException">The device is not there; tried again when it is.</exception>
    /// <exception cref="DeviceRejectedException">The device refuses this image for good.</exception>
    Task UpdateAsync(SubDevice device, IFirmwareImage image, IProgress<FirmwareProgress> progress, CancellationToken cancellationToken);

    /// <summary>Asks how the device stands: after a restart of the gateway before anything is sent again, and after an update.</summary>
    /// <param name="device">One of the channel.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The state of the update and the version in force.</returns>
    /// <exception cref="DeviceUnreachableException">The device is not there.</exception>
    Task<FirmwareStatus> QueryAsync(SubDevice device, CancellationToken cancellationToken);
}
