using System.Globalization;
using System.Security.Cryptography;
using BridgeFramework.DeviceSimulators;
using BridgeFramework.IotHubEmulator;
using Spectre.Console;

namespace BridgeFramework.QuickStart;

/// <summary>A device is given new firmware: the hub has the task, the device takes the image and restarts with it.</summary>
internal sealed class FirmwareStep(Scene scene, IAnsiConsole console, HubDeviceId device)
{
    private const string Version = "1.0.0";
    private const int ImageSize = 96 * 1024;
    private const int BarWidth = 30;
    private static readonly TimeSpan Redraw = TimeSpan.FromMilliseconds(100);
    private string? _before;

    private FirmwareSlot Slot => scene.Devices[1].Firmware ?? throw new SceneException("Unit 1 of the simulator takes no firmware.");

    /// <returns>Whether every step was seen to work.</returns>
    /// <param name="tryAsync">Takes a step and tells of it.</param>
    public async Task<bool> TakeAsync(Func<string, Func<CancellationToken, Task<string>>, Task<bool>> tryAsync)
    {
        byte[] image = RandomNumberGenerator.GetBytes(ImageSize);
        return await tryAsync("firmware task", token => CreateAsync(image, token))
            && await tryAsync("image handed over", HandOverAsync)
            && await tryAsync("device restarted", token => RestartAsync(image, token))
            && await tryAsync("firmware", DoneAsync);
    }

    private async Task<string> CreateAsync(byte[] image, CancellationToken cancellationToken)
    {
        var known = await scene.Hub.WaitForDeviceAsync(device, status => status.FirmwareVersion is not null, cancellationToken);
        _before = known.FirmwareVersion;
        scene.Hub.AddFirmware(device.ProductId, Version, image);
        await scene.Hub.StartFirmwareTaskAsync(device, Version);
        return string.Create(CultureInfo.InvariantCulture, $"{device} runs {_before}, the hub wants {Version} ({ImageSize / 1024} KiB)");
    }

    private async Task<string> HandOverAsync(CancellationToken cancellationToken)
    {
        // What the device has, not what the gateway says of it.
        await ShowAsync(() => Slot.State >= FirmwareSlotState.Verifying || Slot.Image.Length > 0, () =>
            (double)Slot.Received / ImageSize, cancellationToken);
        return string.Create(CultureInfo.InvariantCulture, $"{Slot.Blocks} blocks, {ImageSize} bytes");
    }

    private async Task<string> RestartAsync(byte[] image, CancellationToken cancellationToken)
    {
        await ShowAsync(() => Slot.Version == Version, () => 1, cancellationToken);
        return Slot.Image.Span.SequenceEqual(image)
            ? $"with the image that was uploaded, SHA-256 {Convert.ToHexStringLower(SHA256.HashData(image))[..16]}…"
            : throw new SceneException("The device has started another image than the one that was uploaded.");
    }

    private async Task<string> DoneAsync(CancellationToken cancellationToken)
    {
        var task = await scene.Hub.WaitForFirmwareTaskAsync(device, task => task.IsFinished, cancellationToken);
        if (task.State != FirmwareTaskState.Done)
            throw new SceneException($"The task ended as {task.State}: {task.ResultCode} {task.ResultMessage}");
        await scene.Hub.WaitForDeviceAsync(device, status => status.FirmwareVersion == Version, cancellationToken);
        return $"{_before} -> {Version} done";
    }

    private async Task ShowAsync(Func<bool> isOver, Func<double> share, CancellationToken cancellationToken)
    {
        bool isTerminal = console.Profile.Capabilities.Interactive;
        while (!isOver())
        {
            if (isTerminal)
            {
                int done = (int)(share() * BarWidth);
                console.Write($"\r  [{new string('#', done)}{new string('-', BarWidth - done)}] {share() * 100,3:0} %");
            }

            await Task.Delay(Redraw, TimeProvider.System, cancellationToken);
        }

        if (isTerminal) console.Write($"\r{new string(' ', BarWidth + 12)}\r");
    }
}
