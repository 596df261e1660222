using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace BridgeFramework.IotHub;

/// <summary>The signed request of a dynamic registration.</summary>
/// <remarks>
/// Source: Tencent Cloud IoT Hub documentation, device dynamic registration over HTTP: eight lines signed with HMAC-SHA256, the
/// product secret as text being the key.
/// </remarks>
internal static class RegistrationRequest
{
    private const string Algorithm = "hmacsha256";

    public static HttpRequestMessage Create(Uri endpoint, DeviceIdentity device, ProductSecret secret, long timestamp, int nonce)
    {
        byte[] body = Body(device);
        var content = new ByteArrayContent(body);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json", "utf-8");
        var request = new HttpRequestMessage(HttpMethod.Post, endpoint) { Content = content };
        request.Headers.Add("X-TC-Algorithm", Algorithm);
        request.Headers.Add("X-TC-Timestamp", timestamp.ToString(CultureInfo.InvariantCulture));
        request.Headers.Add("X-TC-Nonce", nonce.ToString(CultureInfo.InvariantCulture));
        request.Headers.Add("X-TC-Signature", Sign(endpoint, body, secret, timestamp, nonce));
        return request;
    }

    public static byte[] Body(DeviceIdentity device) => JsonSerializer.SerializeToUtf8Bytes(
        new RegistrationBody(device.ProductId, device.DeviceName), RegistrationJson.Default.RegistrationBody);

    public static string Sign(Uri endpoint, byte[] body, ProductSecret secret, long timestamp, int nonce)
    {
        string text = string.Join(
            '\n',
            "POST",
            endpoint.Host,
            endpoint.AbsolutePath,
            "", // no query
            Algorithm,
            timestamp.ToString(CultureInfo.InvariantCulture),
            nonce.ToString(CultureInfo.InvariantCulture),
            Convert.ToHexStringLower(SHA256.HashData(body)));
        return Convert.ToBase64String(HMACSHA256.HashData(secret.SigningKey(), Encoding.UTF8.GetBytes(text)));
    }
}
