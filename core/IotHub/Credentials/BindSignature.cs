using System.Globalization;
using System.Text;

namespace BridgeFramework.IotHub;

/// <summary>Proof that a gateway may bind a sub-device: it knows the sub-device's secret.</summary>
/// <remarks>
/// Source: Tencent Cloud IoT Hub documentation, gateway sub-device topology, binding. Unlike the MQTT password the key is
/// the base64 text itself and the digest is sent as base64.
/// </remarks>
public static class BindSignature
{
    /// <summary>Signs <c>productId deviceName ; random ; timestamp</c>.</summary>
    /// <param name="device">The sub-device.</param>
    /// <param name="secret">The sub-device's secret.</param>
    /// <param name="random">0 to 2^31-1, new for each request.</param>
    /// <param name="timestamp">Seconds since 1970, within the hub's tolerance.</param>
    /// <param name="method">The digest.</param>
    /// <returns>Base64 text of the digest.</returns>
    public static string Compute(DeviceIdentity device, DeviceSecret secret, int random, long timestamp, HmacMethod method)
    {
        ArgumentNullException.ThrowIfNull(secret);
        return Compute(device, secret.TextBytes(), random, timestamp, method);
    }

    /// <summary>Signs for a certificate device: the key is a digest of its certificate.</summary>
    /// <param name="device">The sub-device.</param>
    /// <param name="certificate">The sub-device's certificate and how it is digested.</param>
    /// <param name="random">0 to 2^31-1, new for each request.</param>
    /// <param name="timestamp">Seconds since 1970, within the hub's tolerance.</param>
    /// <param name="method">The digest of the signature.</param>
    /// <returns>Base64 text of the digest.</returns>
    public static string Compute(DeviceIdentity device, BindCertificate certificate, int random, long timestamp, HmacMethod method)
    {
        ArgumentNullException.ThrowIfNull(certificate);
        return Compute(device, certificate.Key(), random, timestamp, method);
    }

    internal static string Compute(DeviceIdentity device, byte[] key, int random, long timestamp, HmacMethod method)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(random);
        string text = string.Create(CultureInfo.InvariantCulture, $"{device.ProductId}{device.DeviceName};{random};{timestamp}");
        return Convert.ToBase64String(method.Digest(key, Encoding.UTF8.GetBytes(text)));
    }
}
