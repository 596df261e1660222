using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace BridgeFramework.IotHubEmulator;

/// <summary>The two ways a device proves that it knows its secret.</summary>
/// <remarks>
/// Source: Tencent Cloud IoT Hub documentation, MQTT connection with device key authentication, and Gateway device topology. The connect
/// token is hex and keyed with the decoded secret; the bind signature is base64 and keyed with the secret's text.
/// </remarks>
internal static class DeviceSignature
{
    public const string Sha1 = "hmacsha1";
    public const string Sha256 = "hmacsha256";

    public static bool IsKnownMethod(string method) => method is Sha1 or Sha256;

    /// <summary>Checks a CONNECT password, <c>token;method</c>.</summary>
    public static bool VerifyConnect(string deviceSecret, string username, string password)
    {
        if (password.Split(';') is not [var token, var method] || !IsKnownMethod(method)) return false;
        byte[] key = new byte[deviceSecret.Length];
        if (deviceSecret.Length == 0 || !Convert.TryFromBase64String(deviceSecret, key, out int length)) return false;
        string expected = Convert.ToHexStringLower(Digest(method, key.AsSpan(0, length), username));
        return SameText(expected, token);
    }

    /// <summary>Checks the signature of a bind: the sub-device's consent to be bound.</summary>
    public static bool VerifyBind(string deviceSecret, HubDeviceId subDevice, string method, long random, long timestamp, string signature)
    {
        if (deviceSecret.Length == 0 || !IsKnownMethod(method)) return false;
        string text = string.Create(CultureInfo.InvariantCulture, $"{subDevice.ProductId}{subDevice.DeviceName};{random};{timestamp}");
        return SameText(Convert.ToBase64String(Digest(method, Encoding.UTF8.GetBytes(deviceSecret), text)), signature);
    }

#pragma warning disable CA5350 // HMAC-SHA1 is what the hub's protocol says; the official SDKs use it by default.
    private static byte[] Digest(string method, ReadOnlySpan<byte> key, string text) => method is Sha1
        ? HMACSHA1.HashData(key, Encoding.UTF8.GetBytes(text))
        : HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(text));
#pragma warning restore CA5350

    private static bool SameText(string expected, string actual) =>
        CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(expected), Encoding.UTF8.GetBytes(actual));
}
