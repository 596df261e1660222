using System.Diagnostics.CodeAnalysis;

namespace BridgeFramework.IotHubEmulator;

/// <summary>A cloud identity: the pair of product id and device name.</summary>
/// <param name="ProductId">1 to 10 characters of <c>A-Z a-z 0-9</c>.</param>
/// <param name="DeviceName">1 to 48 characters of <c>A-Z a-z 0-9 : _ -</c>.</param>
public readonly record struct HubDeviceId(string ProductId, string DeviceName) : IComparable<HubDeviceId>
{
    internal const int MaxProductIdLength = 10;
    internal const int MaxDeviceNameLength = 48;

    /// <summary>What the device calls itself in CONNECT: product id and device name, nothing between them.</summary>
    public string ClientId => ProductId + DeviceName;

    internal bool IsWellFormed =>
        ProductId is { Length: >= 1 and <= MaxProductIdLength } && ProductId.All(char.IsAsciiLetterOrDigit)
        && DeviceName is { Length: >= 1 and <= MaxDeviceNameLength } && DeviceName.All(IsDeviceNameCharacter);

    /// <summary>Reads <c>productId/deviceName</c>.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out HubDeviceId id)
    {
        id = default;
        if (text?.Split('/') is not [var productId, var deviceName]) return false;
        id = new HubDeviceId(productId, deviceName);
        return id.IsWellFormed;
    }

    /// <summary>Orders by product id, then device name, as the hub lists them.</summary>
    public int CompareTo(HubDeviceId other)
    {
        int byProduct = string.CompareOrdinal(ProductId, other.ProductId);
        return byProduct != 0 ? byProduct : string.CompareOrdinal(DeviceName, other.DeviceName);
    }

    /// <inheritdoc/>
    public override string ToString() => $"{ProductId}/{DeviceName}";

    /// <summary>Orders by product id, then device name.</summary>
    public static bool operator <(HubDeviceId left, HubDeviceId right) => left.CompareTo(right) < 0;

    /// <summary>Orders by product id, then device name.</summary>
    public static bool operator <=(HubDeviceId left, HubDeviceId right) => left.CompareTo(right) <= 0;

    /// <summary>Orders by product id, then device name.</summary>
    public static bool operator >(HubDeviceId left, HubDeviceId right) => left.CompareTo(right) > 0;

    /// <summary>Orders by product id, then device name.</summary>
    public static bool operator >=(HubDeviceId left, HubDeviceId right) => left.CompareTo(right) >= 0;

    internal static bool IsDeviceNameCharacter(char c) => char.IsAsciiLetterOrDigit(c) || c is ':' or '_' or '-';
}
