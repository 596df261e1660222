using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace BridgeFramework.IotHub;

internal sealed record RegistrationBody(string ProductId, string DeviceName);

internal sealed record RegistrationEnvelope([property: JsonPropertyName("Response")] RegistrationResponse? Response);

internal sealed record RegistrationResponse(int? Len, string? Payload, string? RequestId, RegistrationError? Error);

internal sealed record RegistrationError(string? Code, string? Message);

internal sealed record RegisteredPayload(
    [property: JsonPropertyName("encryptionType")] int EncryptionType,
    [property: JsonPropertyName("psk")] string? Psk,
    [property: JsonPropertyName("clientCert")] string? ClientCert,
    [property: JsonPropertyName("clientKey")] string? ClientKey);

[JsonSourceGenerationOptions(AllowDuplicateProperties = false)]
[JsonSerializable(typeof(RegistrationBody))]
[JsonSerializable(typeof(RegistrationEnvelope))]
[JsonSerializable(typeof(RegisteredPayload))]
internal sealed partial class RegistrationJson : JsonSerializerContext;

/// <summary>Opens the encrypted part of an answer. Whatever the bytes are, it does not throw.</summary>
/// <remarks>
/// Source: Tencent Cloud IoT Hub documentation, device dynamic registration: base64 of AES-128-CBC, key the first 16 characters
/// of the product secret, IV sixteen characters <c>0</c>, padded with zero bytes; the first <c>Len</c> bytes are JSON.
/// </remarks>
internal static class RegistrationAnswer
{
    private const int MaxLength = 32 * 1024;
    private const int BlockLength = 16;

    public static bool TryOpen(
        RegistrationResponse response, ProductSecret secret, [NotNullWhen(true)] out RegisteredDevice? device,
            [NotNullWhen(false)] out string? problem)
    {
        device = null;
        if (response.Payload is not { Length: > 0 and <= MaxLength } payload)
        {
            problem = $"'Payload' has {response.Payload?.Length ?? 0} characters, expected 1 to {MaxLength}";
            return false;
        }

        byte[] cipher = new byte[payload.Length];
        if (!Convert.TryFromBase64String(payload, cipher, out int length) || length == 0 || length % BlockLength != 0)
        {
            problem = "'Payload' is not the base64 text of whole cipher blocks";
            return false;
        }

        if (response.Len is not { } plainLength || plainLength < 2 || plainLength > length)
        {
            problem = $"'Len' is {response.Len}, expected 2 to {length}";
            return false;
        }

        using var aes = Aes.Create();
        aes.Key = secret.CipherKey();
        byte[] plain = aes.DecryptCbc(cipher.AsSpan(0, length), "0000000000000000"u8, PaddingMode.None);
        return TryRead(plain.AsSpan(0, plainLength), out device, out problem);
    }

    private static bool TryRead(
        ReadOnlySpan<byte> plain, [NotNullWhen(true)] out RegisteredDevice? device, [NotNullWhen(false)] out string? problem)
    {
        (device, problem) = (null, null);
        RegisteredPayload? read;
        try
        {
            read = JsonSerializer.Deserialize(plain, RegistrationJson.Default.RegisteredPayload);
        }
        catch (JsonException)
        {
            // Neither message nor cause: they would repeat what may be half a secret.
            problem = "the decrypted payload is not JSON: it was most likely encrypted with another product secret";
            return false;
        }

        switch (read)
        {
            case { EncryptionType: 2 } key:
                if (DeviceSecret.TryParse(key.Psk, out var secret, out problem)) device = new RegisteredDevice(secret);
                break;
            case { EncryptionType: 1, ClientCert: { Length: > 0 } certificate, ClientKey: { Length: > 0 } privateKey }:
                device = new RegisteredDevice(certificate, privateKey);
                break;
            default:
                problem =
                    $"encryption type {read?.EncryptionType} without what belongs to it; 1 brings a certificate and a key, 2 a secret";
                break;
        }

        if (device is null) problem ??= "the payload says nothing";
        return device is not null;
    }
}
