using System.Text.Json;

namespace BridgeFramework.Configuration;

/// <summary>One point of a sub-device.</summary>
public sealed record PointPlan
{
    /// <summary>The name in the cloud's messages: 1 to 64 of <c>A-Z a-z 0-9 _ -</c>, unique within the sub-device.</summary>
    public required string Name { get; init; }

    /// <summary>Where it lives, in the driver's own words.</summary>
    public required JsonElement At { get; init; }

    /// <summary>The kind of value that is expected; <see langword="null"/> for "as the driver delivers it".</summary>
    public VariantKind? Type { get; init; }

    /// <summary>The engineering unit, or <see langword="null"/>.</summary>
    public string? Unit { get; init; }

    /// <summary>Whether it is read, written or both.</summary>
    public PointAccess Access { get; init; }

    /// <summary>How often it is wanted, 10 ms to 1 day; default 1 s.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Which of its values go to the cloud; <see langword="null"/> for all, of bad qualities those
    /// that <see cref="UplinkSettings.BadInterval"/> lets through.</summary>
    public ReportSettings? Report { get; init; }
}
