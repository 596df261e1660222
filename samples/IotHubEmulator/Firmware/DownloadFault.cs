namespace BridgeFramework.IotHubEmulator;

/// <summary>What can go wrong with the download of a firmware image.</summary>
public enum DownloadFaultKind
{
    /// <summary>403, as when the signature of the address has lapsed.</summary>
    Forbidden,

    /// <summary>404.</summary>
    NotFound,

    /// <summary>500.</summary>
    ServerError,

    /// <summary>At most <see cref="DownloadFault.Bytes"/> bytes in a second of the hub's clock.</summary>
    Slow,

    /// <summary>The connection ends after <see cref="DownloadFault.Bytes"/> bytes of the body, whatever Content-Length said.</summary>
    Cut,

    /// <summary>The file ends <see cref="DownloadFault.Bytes"/> bytes before its announced size, and Content-Length agrees.</summary>
    TooShort,

    /// <summary>The file goes on for <see cref="DownloadFault.Bytes"/> bytes after its announced size, and Content-Length agrees.</summary>
    TooLong,

    /// <summary>200 with the whole file, whatever Range asked for.</summary>
    IgnoreRange,

    /// <summary>The byte of the file at offset <see cref="DownloadFault.Bytes"/> is inverted.</summary>
    Corrupt,

    /// <summary>200 with the whole file compressed, when the client offered to take gzip.</summary>
    Gzip,
}

/// <summary>A fault that strikes the next downloads.</summary>
public sealed record DownloadFault : IStriking<DownloadFault>
{
    /// <summary>What goes wrong.</summary>
    public required DownloadFaultKind Kind { get; init; }

    /// <summary>How many requests it strikes, 1 or more.</summary>
    public int Times { get; init; } = 1;

    /// <summary>For the kinds that say so: how many bytes, 0 to 1 MiB; <see cref="DownloadFaultKind.Slow"/> 1 or more.</summary>
    public int Bytes { get; init; } = 1000;

    /// <summary>The version it strikes, or any.</summary>
    public string? Version { get; init; }

    internal const int MaxBytes = 1024 * 1024;

    DownloadFault IStriking<DownloadFault>.WithTimes(int times) => this with { Times = times };
}
