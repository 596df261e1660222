namespace BridgeFramework;

/// <summary>Opt-in: gives sub-devices a firmware image.</summary>
/// <remarks>
/// At most <see cref="DriverInfo.UpdateConcurrency"/> updates of one channel run at a time, never two of one sub-device.
/// The other sub-devices of the channel are to be served meanwhile.
/// <para>
/// With <see cref="DriverInfo.OffersFirmware"/> each call of <see cref="UpdateAsync"/> begins as an offer. It stands until the device comes
/// for it, which the driver says with the first progress that has bytes or a stage beyond <see cref="FirmwareStage.Preparing"/>. From that
/// first block on it is a hand-over as any other, and its deadline runs. Before, the call is also cancelled where the product's maintenance
/// window closes, where another version is ordered, and where the offer has outlived its time (7 days by default): the driver withdraws it
/// then. A device that has come before is not asked to begin anew: after a restart of the gateway or of the channel the same image is
/// offered again as soon as the device is present, and one that asks for a block before that is best told to wait.
/// </para>
/// </remarks>
public interface IFirmwareUpdater
{
    /// <summary>Transfers an image and has the device start it. The same image again means: go on where it was left.</summary>
    /// <param name="device">One of the channel.</param>
    /// <param name="image">The verified image; readable until the task ends.</param>
    /// <param name="progress">Told how far it is; as often as the driver likes. Where the image is offered, not before the device has come
    /// for it, but for <see cref="FirmwareStage.Preparing"/>.</param>
    /// <param name="cancellationToken">Cancelled on the operator's wish, at the deadline or at stop, and where an offer is withdrawn. Leave
    /// the device able to resume or to run its old firmware.</param>
    /// <returns>A task that ends when the device has taken the image. The gateway then asks
    /// <see cref="QueryAsync"/> for the version in force.</returns>
    /// <exception cref="DeviceUnreachableException">The device is not there; tried again when it is.</exception>
    /// <exception cref="DeviceRejectedException">The device refuses this image for good.</exception>
    Task UpdateAsync(SubDevice device, IFirmwareImage image, IProgress<FirmwareProgress> progress, CancellationToken cancellationToken);

    /// <summary>Asks how the device stands: after a restart of the gateway before anything is sent again, and after an update.</summary>
    /// <param name="device">One of the channel.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The state of the update and the version in force. Of a device that sleeps, as it was last heard.</returns>
    /// <exception cref="DeviceUnreachableException">The device is not there.</exception>
    Task<FirmwareStatus> QueryAsync(SubDevice device, CancellationToken cancellationToken);

    /// <summary>Whether a version that a device reports is the one that the cloud names in its own way: <c>0x01020304</c> and
    /// <c>1.2.3.4</c>. By default only the same text is.</summary>
    /// <remarks>Not asked where the two are the same text. The driver is to answer from what it knows, at once. One that throws or
    /// does not answer is asked again, the third time it means no.</remarks>
    /// <param name="device">One of the channel.</param>
    /// <param name="wanted">As the cloud names it, and <see cref="IFirmwareImage.Version"/>.</param>
    /// <param name="reported">As <see cref="FirmwareStatus.Version"/> or <see cref="IChannel.SetFirmwareVersion"/> had it.</param>
    bool IsSameVersion(SubDevice device, string wanted, string reported) => false;

    /// <summary>Whether the version that the cloud wants is older than the one that a device reports, so that installing it would be a
    /// downgrade, which the product has to permit.</summary>
    /// <remarks>Not asked where the two are the same version. The driver is to answer from what it knows, at once. An order that comes
    /// while the channel does not run waits for that answer; one that throws or does not answer is asked again, the third time it means the
    /// default.</remarks>
    /// <param name="device">One of the channel.</param>
    /// <param name="wanted">As the cloud names it.</param>
    /// <param name="reported">As <see cref="IChannel.SetFirmwareVersion"/> had it.</param>
    /// <returns><see langword="null"/> (the default) where the gateway is to compare the texts, part by part and numbers by
    /// value.</returns>
    bool? IsOlderVersion(SubDevice device, string wanted, string reported) => null;

    /// <summary>How long a device that has taken an image may go on saying that it runs the old version, or say no version, before the
    /// update has failed: it restarts, and may have to join its network again. By default 30 s.</summary>
    /// <remarks>A device that is not there (<see cref="DeviceUnreachableException"/>) is waited for until the deadline in any case.
    /// The driver is to answer from what it knows, at once; a throw means the default.</remarks>
    /// <param name="device">One of the channel.</param>
    TimeSpan RestartTime(SubDevice device) => TimeSpan.FromSeconds(30);
}
