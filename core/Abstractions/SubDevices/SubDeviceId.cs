using System.Diagnostics.CodeAnalysis;

namespace BridgeFramework;

/// <summary>The cloud identity of a sub-device: product id and device name. Written <c>productId/deviceName</c>.</summary>
/// <remarks>Source: Tencent Cloud IoT Hub documentation, device identity; a device is named by the pair, never by one part.</remarks>
public readonly record struct SubDeviceId
{
    private const int MaxProductIdLength = 32;
    private const int MaxDeviceNameLength = 48;

    private SubDeviceId(string productId, string deviceName)
    {
        ProductId = productId;
        DeviceName = deviceName;
    }

    /// <summary>The product: 1 to 32 letters and digits; the cloud's own have 10.</summary>
    public string ProductId { get; }

    /// <summary>The device within the product: 1 to 48 of <c>A-Z a-z 0-9 : _ -</c>.</summary>
    public string DeviceName { get; }

    /// <summary>Reads <c>productId/deviceName</c>.</summary>
    /// <param name="text">The text.</param>
    /// <exception cref="FormatException">The text is not of that form; the message says what is expected.</exception>
    public static SubDeviceId Parse(string text) =>
        TryParse(text, out var id)
            ? id
            : throw new FormatException(
                $"'{text.AsSpan(0, Math.Min(text.Length, 100))}' is no sub-device id: expected productId/deviceName, such as "
                    + "SUBPROD001/meter-1.");

    /// <summary>Reads <c>productId/deviceName</c>.</summary>
    /// <param name="text">The text.</param>
    /// <param name="result">The identity.</param>
    /// <returns><see langword="false"/> when the text is not of that form.</returns>
    public static bool TryParse([NotNullWhen(true)] string? text, out SubDeviceId result)
    {
        result = default;
        var s = text.AsSpan();
        int slash = s.IndexOf('/');
        if (slash < 0) return false;
        var product = s[..slash];
        var name = s[(slash + 1)..];
        if (product.Length is 0 or > MaxProductIdLength || name.Length is 0 or > MaxDeviceNameLength) return false;
        foreach (char c in product) if (!char.IsAsciiLetterOrDigit(c)) return false;
        foreach (char c in name) if (!char.IsAsciiLetterOrDigit(c) && c is not (':' or '_' or '-')) return false;
        result = new SubDeviceId(product.ToString(), name.ToString());
        return true;
    }

    /// <summary>Gives <c>productId/deviceName</c>.</summary>
    public override string ToString() => $"{ProductId}/{DeviceName}";
}
