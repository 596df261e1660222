namespace BridgeFramework.IotHubEmulator;

/// <summary>A request for an image, made with an address that was good.</summary>
public sealed record FirmwareDownload
{
    /// <summary>The product that the image is for.</summary>
    public required string ProductId { get; init; }

    /// <summary>The version of the image.</summary>
    public required string Version { get; init; }

    /// <summary>The first byte that was asked for.</summary>
    public required long Offset { get; init; }

    /// <summary>How many bytes went out so far; some of them may have been on their way to who was gone.</summary>
    public long Sent { get; init; }
}

/// <summary>The last requests for images. Safe from any thread.</summary>
internal sealed class DownloadLog
{
    private const int Capacity = 10_000;
    private readonly Lock _lock = new();
    private readonly Queue<Entry> _entries = new();

    public IReadOnlyList<FirmwareDownload> Entries
    {
        get { lock (_lock) return [.. _entries.Select(entry => entry.Download)]; }
    }

    /// <summary>Notes a request.</summary>
    /// <returns>Takes the number of bytes that have gone out, each time some have.</returns>
    public Action<int> Add(FirmwareDownload download)
    {
        var entry = new Entry(download);
        lock (_lock)
        {
            if (_entries.Count == Capacity) _entries.Dequeue();
            _entries.Enqueue(entry);
        }

        return bytes =>
        {
            lock (_lock) entry.Download = entry.Download with { Sent = entry.Download.Sent + bytes };
        };
    }

    private sealed class Entry(FirmwareDownload download)
    {
        public FirmwareDownload Download { get; set; } = download;
    }
}
