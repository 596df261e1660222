using System.Globalization;

namespace BridgeFramework.IotHubEmulator;

/// <summary>What an operator does with firmware: uploads images, gives devices tasks, tells them of these again.</summary>
internal sealed class FirmwareAdministration(
    DeviceRegistry registry, FirmwareStore store, FirmwareUrls urls, FirmwareService service, HubBroker broker)
{
    /// <exception cref="HubRefusedException">A value is out of range, the version is there already, or there is no room.</exception>
    public FirmwareImage Upload(string productId, string version, ReadOnlyMemory<byte> content)
    {
        if (!new HubDeviceId(productId, "x").IsWellFormed)
            throw new HubRefusedException(HubRefusal.BadRequest, $"'{productId}' is no product id: 1 to 10 letters or digits.");
        if (!FirmwareImage.IsVersion(version))
            throw new HubRefusedException(HubRefusal.BadRequest, $"'{version}' is no version: 1 to 32 letters, digits, '.', '_' or '-'.");
        if (content.Length is 0 or > FirmwareImage.MaxSize)
        {
            throw new HubRefusedException(HubRefusal.BadRequest, string.Create(
                CultureInfo.InvariantCulture, $"An image has 1 to {FirmwareImage.MaxSize} bytes, not {content.Length}."));
        }

        var image = new FirmwareImage(productId, version, content.ToArray());
        store.Add(image);
        return image;
    }

    /// <summary>Gives a device the task to upgrade, in place of the one it had, and tells it, if it is connected and subscribed.</summary>
    /// <exception cref="HubRefusedException">The device is unknown, or its product has no such image.</exception>
    public async Task<FirmwareTask> StartTaskAsync(HubDeviceId device, string version)
    {
        if (registry.FindDevice(device) is null) throw HubRefusedException.Unknown(device);
        if (store.FindImage(device.ProductId, version) is null)
        {
            throw new HubRefusedException(
                HubRefusal.WrongState, $"Product {device.ProductId} has no firmware '{version}': upload it first.");
        }

        store.SetTask(new FirmwareTask { Device = device, Version = version });
        if (registry.FindStatus(device) is { Connected: true }) await PushAsync(device);
        return store.FindTask(device) ?? throw HubRefusedException.Unknown(device);
    }

    /// <summary>Tells a device of its unfinished task once more, with a fresh address.</summary>
    /// <returns>Whether it was subscribed.</returns>
    /// <exception cref="HubRefusedException">The device has no unfinished task.</exception>
    public async Task<bool> PushAsync(HubDeviceId device)
    {
        byte[] message = service.TryPush(device)
            ?? throw new HubRefusedException(HubRefusal.WrongState, $"{device} has no unfinished firmware task.");
        return await TellAsync(device, message);
    }

    /// <summary>Publishes any bytes on a device's firmware topic.</summary>
    /// <returns>Whether it was subscribed.</returns>
    public Task<bool> TellAsync(HubDeviceId device, ReadOnlyMemory<byte> payload) =>
        broker.PublishAsync(FirmwareMessage.Topic(device), payload);

    /// <summary>A fresh address of an image, as devices get it.</summary>
    public Uri UrlOf(FirmwareImage image) => new(urls.Create(image));
}
