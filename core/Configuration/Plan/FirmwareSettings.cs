namespace BridgeFramework.Configuration;

/// <summary>How firmware images are fetched, kept and handed over.</summary>
public sealed record FirmwareSettings
{
    /// <summary>Bytes of all images that are kept, 1 MiB to 1 TiB, default 512 MiB. One that is larger is refused.</summary>
    public long MaxBytes { get; init; } = 512L << 20;

    /// <summary>Bytes of the disk that images leave free, 0 to 1 TiB, default 64 MiB.</summary>
    public long Reserve { get; init; } = 64L << 20;

    /// <summary>Bytes a second that all downloads together take, 1 KiB to 1 GiB; 0 (default) for as many as come.</summary>
    public long DownloadRate { get; init; }

    /// <summary>Downloads at a time, 1 to 16, default 2.</summary>
    public int Downloads { get; init; } = 2;

    /// <summary>Hand-overs at a time over all channels, 1 to 1000, default 20.</summary>
    public int Updates { get; init; } = 20;

    /// <summary>How long the hand-over to one sub-device may take, absences included, waits for the maintenance window not; 1 minute to
    /// 30 days, default 1 day.</summary>
    public TimeSpan Deadline { get; init; } = TimeSpan.FromDays(1);

    /// <summary>How long an image is offered to a sub-device that comes for it by itself, 1 minute to 90 days, default 7 days.</summary>
    public TimeSpan OfferLifetime { get; init; } = TimeSpan.FromDays(7);

    /// <summary>
    /// Hosts that images may come from, redirects included: names, <c>*.</c> and a domain for all names in it, or addresses. Empty
    /// (default): any.
    /// </summary>
    public IReadOnlyList<string> Hosts { get; init; } = [];

    /// <summary>
    /// What installs an image for the gateway itself: a program and its arguments, in which <c>{image}</c> and <c>{version}</c> are
    /// replaced. Empty (default): an update of the gateway is refused.
    /// </summary>
    public IReadOnlyList<string> GatewayCommand { get; init; } = [];

    /// <summary>When the gateway itself may be updated, and by whose leave.</summary>
    public UpdatePolicy Gateway { get; init; } = new();
}
