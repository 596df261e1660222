namespace BridgeFramework.Configuration;

/// <summary>The custom topics of a product, what follows <c>{productId}/{deviceName}/</c>, and what is written on them.</summary>
/// <remarks>
/// Each topic is 1 to 64 of <c>A-Z a-z 0-9 _ - /</c> with no empty level. <see cref="Down"/> differs from the other two: the cloud
/// sends a publish back to its sender where that one is subscribed.
/// Source: Tencent Cloud IoT Hub documentation, topic management.
/// </remarks>
public sealed record ProfileSettings
{
    /// <summary>Where values go; default <c>data</c>.</summary>
    public string Up { get; init; } = "data";

    /// <summary>Where commands come from; default <c>control</c>.</summary>
    public string Down { get; init; } = "control";

    /// <summary>Where the results of commands go; default <c>event</c>.</summary>
    public string Reply { get; init; } = "event";

    /// <summary>How values are written; default <see cref="UplinkFormat.Plain"/>.</summary>
    public UplinkFormat Format { get; init; }
}
