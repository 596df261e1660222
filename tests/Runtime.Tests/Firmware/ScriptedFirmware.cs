using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace BridgeFramework.Runtime.Tests;

/// <summary>Devices that are given firmware: they read the whole image, keep its digest and run its version,
/// unless a test says otherwise.</summary>
internal sealed class ScriptedFirmware
{
    private readonly ConcurrentDictionary<SubDeviceId, ScriptedFirmwareDevice> _devices = new();
    private int _underWay;

    /// <summary>The most updates that were under way at a time.</summary>
    public int MostUnderWay { get; private set; }

    public ScriptedFirmwareDevice this[SubDeviceId id] => _devices.GetOrAdd(id, _ => new ScriptedFirmwareDevice());

    public async Task UpdateAsync(
        SubDeviceId id, IFirmwareImage image, IProgress<FirmwareProgress> progress, CancellationToken cancellationToken)
    {
        var device = this[id];
        lock (_devices) MostUnderWay = Math.Max(MostUnderWay, ++_underWay);
        try
        {
            device.Updates++;
            await device.OnUpdate(image, progress, cancellationToken);
            byte[] bytes = new byte[image.Size];
            Assert.Equal(bytes.Length, await image.ReadAsync(0, bytes, cancellationToken));
            Assert.Equal(image.Sha256.ToArray(), SHA256.HashData(bytes));
            progress.Report(new FirmwareProgress { Stage = FirmwareStage.Transferring, BytesAcknowledged = image.Size });
            device.Images.Enqueue(bytes);
            device.Version = device.RunsInstead ?? image.Version;
        }
        finally
        {
            lock (_devices) _underWay--;
        }
    }

    public async Task<FirmwareStatus> QueryAsync(SubDeviceId id)
    {
        this[id].Queries++;
        return await this[id].OnQuery();
    }
}

/// <summary>One device that is given firmware.</summary>
internal sealed class ScriptedFirmwareDevice
{
    public ScriptedFirmwareDevice() => OnQuery = () => Task.FromResult(new FirmwareStatus
    {
        State = FirmwareState.Idle,
        Version = Version,
    });

    /// <summary>What it runs.</summary>
    public string? Version { get; set; } = "0.1.0";

    /// <summary>What it runs after an update, in place of the image's version.</summary>
    public string? RunsInstead { get; set; }

    /// <summary>Runs before it takes an image.</summary>
    public Func<IFirmwareImage, IProgress<FirmwareProgress>, CancellationToken, Task> OnUpdate { get; set; } = (_, _, _) =>
        Task.CompletedTask;

    /// <summary>How it says that it stands.</summary>
    public Func<Task<FirmwareStatus>> OnQuery { get; set; }

    /// <summary>How it names the version that the cloud calls so.</summary>
    public Func<string, string> Names { get; set; } = wanted => wanted;

    /// <summary>Whether the version that the cloud wants is older than the one that it reports.</summary>
    public Func<string, string, bool?> IsOlder { get; set; } = (_, _) => null;

    /// <summary>How often it was given one, and asked.</summary>
    public int Updates { get; set; }
    public int Queries { get; set; }

    /// <summary>What it has taken.</summary>
    public ConcurrentQueue<byte[]> Images { get; } = new();
}
