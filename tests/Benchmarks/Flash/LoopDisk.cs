using System.Globalization;

namespace BridgeFramework.Benchmarks;

/// <summary>An ext4 file system of its own, in a file behind a loop device: all that comes to its flash can
/// be counted, the journal included.</summary>
internal sealed class LoopDisk : IAsyncDisposable
{
    private const long Size = 512L * 1024 * 1024;
    private const int SectorBytes = 512;
    private const int SectorsWrittenField = 6; // of /sys/block/NAME/stat; source: Linux, Documentation/block/stat.rst
    private readonly string _image;
    private string? _device;
    private bool _isMounted;
    private long _sectorsBefore;

    private LoopDisk(string folder) => (Folder, _image) = (folder, folder + ".img");

    /// <summary>Where it is mounted.</summary>
    public string Folder { get; }

    /// <summary>The device, such as /dev/loop0.</summary>
    public string Device => _device ?? throw new InvalidOperationException("The disk has no device any more.");

    /// <summary>Bytes that have come to the device since the file system was made and mounted.</summary>
    public long BytesWritten => (SectorsWritten - _sectorsBefore) * SectorBytes;

    private long SectorsWritten =>
        long.Parse(File.ReadAllText($"/sys/block/{Path.GetFileName(Device)}/stat")
            .Split(' ', StringSplitOptions.RemoveEmptyEntries)[SectorsWrittenField], CultureInfo.InvariantCulture);

    /// <summary>Makes and mounts one.</summary>
    /// <param name="folder">Where; made here.</param>
    /// <exception cref="InvalidOperationException">The machine does not allow it.</exception>
    public static async Task<LoopDisk> CreateAsync(string folder)
    {
        var disk = new LoopDisk(folder);
        try
        {
            await disk.MountAsync();
            return disk;
        }
        catch
        {
            await disk.DisposeAsync();
            throw;
        }
    }

    /// <summary>Writes everything that is on its way and unmounts; <see cref="BytesWritten"/> is final then.</summary>
    public async Task UnmountAsync()
    {
        if (!_isMounted) return;
        await OtherProcess.RunAsync("umount", Folder);
        _isMounted = false;
    }

    public async ValueTask DisposeAsync()
    {
        await UnmountAsync();
        if (_device is not null) await OtherProcess.RunAsync("losetup", "--detach", _device);
        _device = null;
        File.Delete(_image);
        if (Directory.Exists(Folder)) Directory.Delete(Folder);
    }

    private async Task MountAsync()
    {
        Directory.CreateDirectory(Folder);
        await using (var image = new FileStream(_image, FileMode.CreateNew)) image.SetLength(Size);
        // What mkfs leaves for later would be counted as the load's.
        await OtherProcess.RunAsync("mkfs.ext4", "-q", "-F", "-E", "lazy_itable_init=0,lazy_journal_init=0", _image);
        _device = await OtherProcess.RunAsync("losetup", "--find", "--show", _image);
        await OtherProcess.RunAsync("mount", _device, Folder);
        _isMounted = true;
        await OtherProcess.RunAsync("sync", "--file-system", Folder);
        _sectorsBefore = SectorsWritten;
    }
}
