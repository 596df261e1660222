namespace BridgeFramework.IotHub;

/// <summary>Where the hub listens and how its certificate is judged.</summary>
public sealed record HubEndpoint
{
    private const string CloudDomain = "tencentdevices.com";

    /// <summary>Host name or address.</summary>
    public required string Host { get; init; }

    /// <summary>TCP port, 1 to 65535. Default 8883.</summary>
    public int Port { get; init; } = 8883;

    /// <summary>TLS 1.2 or newer (default), or plain TCP.</summary>
    public bool Tls { get; init; } = true;

    /// <summary>
    /// PEM file with the root certificates to trust, and no others; null trusts what the system trusts. The cloud's own root
    /// is in no system's store: take it from the vendor's SDK or console.
    /// </summary>
    public string? CaFile { get; init; }

    /// <summary>
    /// Whether the certificate must carry <see cref="Host"/>. Default true. False needs a <see cref="CaFile"/>, because whoever has any
    /// certificate of a public authority would pass for the hub. The chain is checked in any case.
    /// </summary>
    public bool VerifyHostName { get; init; } = true;

    /// <summary>Whether this is the vendor's cloud, whose limits are then respected without being asked.</summary>
    public bool IsCloud =>
        Host.EndsWith("." + CloudDomain, StringComparison.OrdinalIgnoreCase);

    /// <summary>The mainland cloud, which has one host name for each product; port 8883 with TLS.</summary>
    /// <param name="productId">Product id of the gateway.</param>
    public static HubEndpoint CloudOf(string productId) => new() { Host = $"{productId}.iotcloud.{CloudDomain}" };

    /// <summary>The cloud of a region, as <c>device_info.json</c> names it.</summary>
    /// <param name="productId">Product id of the gateway.</param>
    /// <param name="region">Such as <c>china</c>; null for the mainland.</param>
    /// <returns>Null for a region whose host is not known here: the console shows it.</returns>
    /// <remarks>Source: the official C SDK and its variants.</remarks>
    public static HubEndpoint? CloudOf(string productId, string? region) => region?.ToLowerInvariant() switch
    {
        null or "china" or "ap-guangzhou" => CloudOf(productId),
        "us-east" => new() { Host = $"{productId}.us-east.iotcloud.{CloudDomain}" },
        _ => null,
    };

    /// <summary><c>mqtts://host:port</c> or <c>mqtt://host:port</c>.</summary>
    public override string ToString() => $"{(Tls ? "mqtts" : "mqtt")}://{Host}:{Port}";
}
