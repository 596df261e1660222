namespace BridgeFramework.Configuration;

/// <summary>How values wait for the hub, how long they take when they need not wait, and how often an outage is reported.</summary>
public sealed record UplinkSettings
{
    /// <summary>Bytes of records that may wait in all, 1 MiB to 1 TiB, default 256 MiB.</summary>
    public long MaxBytes { get; init; } = 256L << 20;

    /// <summary>Bytes of records that may wait for one sub-device, 64 KiB to 1 TiB, default 32 MiB.</summary>
    public long MaxDeviceBytes { get; init; } = 32L << 20;

    /// <summary>How long a sample may wait, 1 minute to 3650 days, default 30 days; one that is older is dropped.</summary>
    public TimeSpan MaxAge { get; init; } = TimeSpan.FromDays(30);

    /// <summary>How much a power cut may take, 0 to 60 s, default 1 s; at 0 every record is synced before it is accepted.</summary>
    public TimeSpan CommitInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The latency wanted for live values, 100 ms to 10 minutes, default 1 s.</summary>
    /// <remarks>The target is the larger of it and what the rate allows: sub-devices divided by the live share of
    /// <see cref="HubSettings.PublishRate"/>.</remarks>
    public TimeSpan Latency { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Share of messages for live values while a backlog is being sent, in percent, 10 to 100, default 70.</summary>
    public int LiveShare { get; init; } = 70;

    /// <summary>How often a point whose quality stays bad, and the same, says so to the cloud, 0 to 30 days, default 10 minutes; at 0 as
    /// often as the driver reports it.</summary>
    /// <remarks>A point that has a <see cref="ReportSettings.MaxInterval"/> goes by that.</remarks>
    public TimeSpan BadInterval { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How long a sub-device that the plan has no more stays at the hub for what of it still waits, 0 to 7 days, default
    /// 10 minutes; what waits then is dropped. Only time with a connection to the hub counts.</summary>
    public TimeSpan LeaveFor { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Where values wait; default on disk.</summary>
    public UplinkStorage Storage { get; init; }
}
