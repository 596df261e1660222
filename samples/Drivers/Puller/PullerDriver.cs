using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using BridgeFramework;
using Example.Links;
using Microsoft.Extensions.Logging;

namespace Example.Puller;

/// <summary>Offers images to devices and serves the blocks that they ask for, at whatever pace, until they run the new version.</summary>
/// <remarks>A device says <c>name idle version</c>, <c>name pulling version digest</c> or <c>name failed version digest reason</c>, and asks
/// <c>name block digest number</c>. How far it is only it knows, so offering the same image again means going on where it was.</remarks>
internal sealed class PullerDriver(PullerChannelSettings settings, TimeProvider time, ILogger<PullerDriver> logger) : ISubDeviceDriver, IFirmwareUpdater
{
    private const int BlockSize = 512;
    private readonly ConcurrentDictionary<SubDeviceId, FirmwareStatus> _heard = new();
    private DatagramPeers? _peers;

    public async Task RunAsync(IChannel channel, CancellationToken stopping)
    {
        using var socket = DatagramSocket.Bind(settings.Address, settings.Port, logger);
        var peers = _peers = new DatagramPeers(channel, socket, settings.AbsentAfter, time);
        foreach (var device in channel.Devices) peers.Add(device.SettingsAs<PullerDeviceSettings>().Name, device);
        channel.SetServing();
        await peers.RunAsync(
            (words, _) =>
            {
                if (peers.Find(words[0]) is { } peer && Note(peer.Device, words).Version is { } version) channel.SetFirmwareVersion(peer.Device, version);
                return ValueTask.FromResult(true);
            },
            stopping);
    }

    public async Task UpdateAsync(SubDevice device, IFirmwareImage image, IProgress<FirmwareProgress> progress, CancellationToken cancellationToken)
    {
        var peer = PeerOf(device);
        using var listener = peer.Listen();
        string digest = Convert.ToHexStringLower(image.Sha256.Span);
        string offer = $"offer {digest} {image.Size} {BlockSize} {image.Version}";
        await peer.SendAsync(offer, cancellationToken);
        while (await listener.NextAsync(settings.AbsentAfter, cancellationToken) is { } said)
        {
            switch (said)
            {
                case [_, "idle", var version] when version == image.Version:
                    return;
                case [_, "failed", _, var of, var why] when of == digest:
                    throw new DeviceRejectedException($"{device} does not take version {image.Version}: {why}.");
                case [_, "idle" or "failed", ..]: // It has not heard the offer, or has forgotten it.
                    await peer.SendAsync(offer, cancellationToken);
                    break;
                case [_, "block", var of, var number] when of == digest && uint.TryParse(number, CultureInfo.InvariantCulture, out uint block):
                    long offset = Math.Min((long)block * BlockSize, image.Size);
                    bool complete = offset == image.Size; // It asks for what comes after the last block: it has them all.
                    progress.Report(new() { Stage = complete ? FirmwareStage.Verifying : FirmwareStage.Transferring, BytesAcknowledged = offset });
                    if (!complete) await peer.SendAsync(await DataAsync(image, offset, $"data {digest} {block} ", cancellationToken), cancellationToken);
                    break;
            }
        }

        throw new DeviceUnreachableException($"{device} has said nothing for {settings.AbsentAfter}: its update goes on when it is back.");
    }

    /// <summary>By its last word: a device that sleeps is not waited for.</summary>
    public Task<FirmwareStatus> QueryAsync(SubDevice device, CancellationToken cancellationToken) =>
        _heard.TryGetValue(device.Id, out var status) ? Task.FromResult(status)
            : Task.FromException<FirmwareStatus>(new DeviceUnreachableException($"{device} was not heard of yet."));

    private DatagramPeer PeerOf(SubDevice device) =>
        _peers?.Find(device.SettingsAs<PullerDeviceSettings>().Name) ?? throw new LinkDownException("The port is being opened: try again.");

    private FirmwareStatus Note(SubDevice device, string[] said) => _heard[device.Id] = StatusOf(said, _heard.GetValueOrDefault(device.Id)?.Version);

    private static FirmwareStatus StatusOf(string[] said, string? known) => said switch
    {
        [_, "idle", var version] when FirmwareVersion.IsValid(version) => new() { State = FirmwareState.Idle, Version = version },
        [_, "pulling", var version, _] when FirmwareVersion.IsValid(version) => new() { State = FirmwareState.Running, Version = version },
        [_, "failed", var version, _, var why] when FirmwareVersion.IsValid(version) => new() { State = FirmwareState.Failed, Version = version, Reason = why },
        [_, "block", ..] => new() { State = FirmwareState.Running, Version = known },
        _ => new() { State = FirmwareState.Unknown },
    };

    private static async Task<ReadOnlyMemory<byte>> DataAsync(IFirmwareImage image, long offset, string header, CancellationToken cancellationToken)
    {
        byte[] bytes = new byte[Math.Min(BlockSize, image.Size - offset)];
        int read = await image.ReadAsync(offset, bytes, cancellationToken);
        if (read < bytes.Length) throw new DriverException($"Version {image.Version} ends at byte {offset + read} of {image.Size}: its file is damaged.");
        return (byte[])[.. Encoding.ASCII.GetBytes(header), .. bytes];
    }
}
