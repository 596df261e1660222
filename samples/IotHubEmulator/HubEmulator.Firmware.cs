namespace BridgeFramework.IotHubEmulator;

/// <content>Firmware: images, upgrade tasks, and what goes wrong with downloads.</content>
public sealed partial class HubEmulator
{
    /// <summary>The uploaded images, ordered by product and version.</summary>
    public IReadOnlyList<FirmwareImage> FirmwareImages => _firmware.Images;

    /// <summary>The last task of each device that had one, ordered by device.</summary>
    public IReadOnlyList<FirmwareTask> FirmwareTasks => _firmware.Tasks;

    /// <summary>The last 10000 requests for images, oldest first.</summary>
    public IReadOnlyList<FirmwareDownload> Downloads => _downloads.Entries;

    /// <summary>The download faults still to strike.</summary>
    public IReadOnlyList<DownloadFault> DownloadFaults => _downloadFaults.Pending;

    /// <summary>Uploads an image for the devices of a product.</summary>
    /// <param name="productId">Of the devices it is for.</param>
    /// <param name="version">1 to 32 characters of <c>A-Z a-z 0-9 . _ -</c>.</param>
    /// <param name="content">1 byte to 64 MiB.</param>
    /// <exception cref="HubRefusedException">A value is out of range, the version is there already, or there
    /// is no room (256 MiB in all).</exception>
    public FirmwareImage AddFirmware(string productId, string version, ReadOnlyMemory<byte> content) =>
        _firmwareAdministration.Upload(productId, version, content);

    /// <summary>Gives a device the task to upgrade, in place of the one it had, and tells it, if it is connected and subscribed.</summary>
    /// <remarks>Whether or not it hears it now, it is told again whenever it reports another version, until the task is finished.</remarks>
    /// <exception cref="HubRefusedException">The device is unknown, or its product has no such image.</exception>
    public Task<FirmwareTask> StartFirmwareTaskAsync(HubDeviceId device, string version) =>
        _firmwareAdministration.StartTaskAsync(device, version);

    /// <summary>Tells a device of its unfinished task once more (<c>update_firmware</c>), with a fresh address.</summary>
    /// <returns>Whether it was subscribed.</returns>
    /// <exception cref="HubRefusedException">The device has no unfinished task.</exception>
    public Task<bool> PushFirmwareAsync(HubDeviceId device) => _firmwareAdministration.PushAsync(device);

    /// <summary>Publishes any bytes on a device's firmware topic: late, foreign or made-up messages.</summary>
    /// <returns>Whether it was subscribed.</returns>
    public Task<bool> TellFirmwareAsync(HubDeviceId device, ReadOnlyMemory<byte> payload) =>
        _firmwareAdministration.TellAsync(device, payload);

    /// <summary>An address of an image as devices get it, good for <see cref="HubEmulatorOptions.FirmwareUrlLifetime"/>.</summary>
    public Uri GetFirmwareUrl(FirmwareImage image) => _firmwareAdministration.UrlOf(image);

    /// <summary>Completes when <paramref name="predicate"/> holds for the task of a device, now or later;
    /// also for one still to be created.</summary>
    public Task<FirmwareTask> WaitForFirmwareTaskAsync(
        HubDeviceId device, Func<FirmwareTask, bool> predicate, CancellationToken cancellationToken) =>
        _firmware.WaitForTaskAsync(device, predicate, cancellationToken);

    /// <summary>Lets a fault strike the next downloads, after those already waiting.</summary>
    /// <exception cref="ArgumentException">A value is out of range, or there are 1000 faults already.</exception>
    public void InjectDownloadFault(DownloadFault fault) => _downloadFaults.Add(fault);

    /// <summary>Forgets the download faults still to strike.</summary>
    public void ClearDownloadFaults() => _downloadFaults.Clear();
}
