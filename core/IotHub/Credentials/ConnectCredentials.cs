using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace BridgeFramework.IotHub;

/// <summary>User name and password of one CONNECT. Made anew for each attempt: they carry an expiry.</summary>
/// <remarks>
/// Source: Tencent Cloud IoT Hub documentation, device access, MQTT over TCP: user name
/// <c>clientId;sdkappid;connid;expiry</c>, password <c>hex(HMAC(decoded secret, user name));method</c>.
/// </remarks>
public sealed record ConnectCredentials
{
    /// <summary>The application id that the documentation tells devices to send.</summary>
    public const string SdkAppId = "12010126";

    /// <summary>Expiry for a device whose clock cannot be trusted: 2038, the largest value every server parses.</summary>
    public const long NeverExpires = int.MaxValue;

    private const string ConnectionIdAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

    private ConnectCredentials(string userName, string? password)
    {
        UserName = userName;
        Password = password;
    }

    /// <summary>User name; holds no secret.</summary>
    public string UserName { get; }

    /// <summary>Password, or null for a device that proves itself by certificate.</summary>
    internal string? Password { get; }

    /// <summary>Signs a CONNECT for a key device.</summary>
    /// <param name="device">The device that connects.</param>
    /// <param name="secret">Its secret.</param>
    /// <param name="connectionId">Five characters that let the vendor trace a connection; see <see cref="NewConnectionId"/>.</param>
    /// <param name="expiry">When the signature lapses, seconds since 1970, or <see cref="NeverExpires"/>.</param>
    /// <param name="method">The digest.</param>
    public static ConnectCredentials Sign(
        DeviceIdentity device, DeviceSecret secret, string connectionId, long expiry, HmacMethod method = HmacMethod.HmacSha256)
    {
        ArgumentNullException.ThrowIfNull(secret);
        string userName = NameOf(device, connectionId, expiry);
        return new ConnectCredentials(userName, PasswordFor(userName, secret, method));
    }

    /// <summary>The user name of a device whose certificate speaks for it; there is no password.</summary>
    /// <inheritdoc cref="Sign" path="/param"/>
    public static ConnectCredentials WithoutPassword(DeviceIdentity device, string connectionId, long expiry) =>
        new(NameOf(device, connectionId, expiry), password: null);

    /// <summary>Five random characters.</summary>
    public static string NewConnectionId() => RandomNumberGenerator.GetString(ConnectionIdAlphabet, 5);

    /// <summary>The user name, never the password.</summary>
    public override string ToString() => UserName;

    internal static string PasswordFor(string userName, DeviceSecret secret, HmacMethod method)
    {
        byte[] token = method.Digest(secret.KeyBytes(), Encoding.UTF8.GetBytes(userName));
        return Convert.ToHexStringLower(token) + ";" + method.WireName();
    }

    private static string NameOf(DeviceIdentity device, string connectionId, long expiry) =>
        string.Create(CultureInfo.InvariantCulture, $"{device.ClientId};{SdkAppId};{connectionId};{expiry}");
}
