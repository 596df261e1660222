using System.Diagnostics.CodeAnalysis;

namespace BridgeFramework.IotHub;

/// <summary>What the hub calls a device: its product id and its name within that product.</summary>
/// <remarks>Written <c>productId/deviceName</c>. Compared by value, letter case counts.</remarks>
public readonly record struct DeviceIdentity
{
    /// <summary>Longest accepted product id; the documentation says 10, private installations use others.</summary>
    public const int MaxProductIdLength = 32;

    /// <summary>Longest device name the hub knows.</summary>
    public const int MaxDeviceNameLength = 48;

    /// <summary>Names a device.</summary>
    /// <param name="productId">1 to 32 characters of <c>A-Z a-z 0-9</c>.</param>
    /// <param name="deviceName">1 to 48 characters of <c>A-Z a-z 0-9 : _ -</c>.</param>
    /// <exception cref="ArgumentException">A part is empty, too long or has a character that a topic cannot carry.</exception>
    public DeviceIdentity(string productId, string deviceName)
    {
        if (Problem(productId, deviceName) is { } problem) throw new ArgumentException(problem, nameof(deviceName));
        ProductId = productId;
        DeviceName = deviceName;
    }

    /// <summary>Product id, as the console shows it.</summary>
    public string ProductId { get; }

    /// <summary>Device name, unique within the product.</summary>
    public string DeviceName { get; }

    /// <summary>MQTT client id of this device: both parts without a separator.</summary>
    public string ClientId => ProductId + DeviceName;

    /// <summary>Reads <c>productId/deviceName</c>.</summary>
    /// <param name="text">The text; white space around it is not forgiven.</param>
    /// <param name="identity">The identity when the method returns true.</param>
    /// <param name="problem">What is wrong, for a person, when it returns false.</param>
    public static bool TryParse(string? text, out DeviceIdentity identity, [NotNullWhen(false)] out string? problem)
    {
        identity = default;
        int slash = text?.IndexOf('/', StringComparison.Ordinal) ?? -1;
        if (text is null || slash < 0)
        {
            problem = $"'{text}' is not a device: write productId/deviceName";
            return false;
        }

        return TryCreate(text[..slash], text[(slash + 1)..], out identity, out problem);
    }

    /// <summary>As the constructor, but says what is wrong instead of throwing: for names that come from outside.</summary>
    /// <param name="productId">See the constructor.</param>
    /// <param name="deviceName">See the constructor.</param>
    /// <param name="identity">The identity when the method returns true.</param>
    /// <param name="problem">What is wrong, for a person, when it returns false.</param>
    public static bool TryCreate(
        string? productId, string? deviceName, out DeviceIdentity identity, [NotNullWhen(false)] out string? problem)
    {
        problem = Problem(productId, deviceName);
        identity = problem is null ? new DeviceIdentity(productId!, deviceName!) : default; // no problem means neither is null
        return problem is null;
    }

    /// <summary><c>productId/deviceName</c>.</summary>
    public override string ToString() => ProductId + "/" + DeviceName;

    private static string? Problem(string? productId, string? deviceName)
    {
        if (productId is not { Length: >= 1 and <= MaxProductIdLength })
            return $"product id '{Shown(productId)}' must have 1 to {MaxProductIdLength} characters";
        if (!productId.All(char.IsAsciiLetterOrDigit))
            return $"product id '{productId}' may only have letters A-Z a-z and digits";
        if (deviceName is not { Length: >= 1 and <= MaxDeviceNameLength })
            return $"device name '{Shown(deviceName)}' must have 1 to {MaxDeviceNameLength} characters";
        if (!deviceName.All(c => char.IsAsciiLetterOrDigit(c) || c is ':' or '_' or '-'))
            return $"device name '{deviceName}' may only have letters A-Z a-z, digits and : _ -";
        return null;
    }

    private static string? Shown(string? text) => text is { Length: > 64 } ? text[..64] + "…" : text;
}
