using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace BridgeFramework.IotHubEmulator;

/// <summary>Dynamic registration: a device that knows its product's secret is given its own.</summary>
/// <remarks>Source: Tencent Cloud IoT Hub documentation, dynamic registration over HTTP: signature of eight
/// lines, answer in AES-128-CBC.</remarks>
internal sealed class RegistrationService(DeviceRegistry registry, HubEmulatorOptions options)
{
    private const string Algorithm = "hmacsha256";
    private static readonly TimeSpan Tolerance = TimeSpan.FromMinutes(5);

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapMethods("/device/register", ["POST"], (RequestDelegate)AnswerAsync);
        new LegacyRegistration(this).Map(routes);
    }

    /// <summary>What a request must be signed with.</summary>
    public static string Sign(string productSecret, string host, string path, string timestamp, string nonce, ReadOnlySpan<byte> body)
    {
        string text = string.Join(
            '\n', "POST", host, path, "", Algorithm, timestamp, nonce, Convert.ToHexStringLower(SHA256.HashData(body)));
        return Convert.ToBase64String(HMACSHA256.HashData(Encoding.UTF8.GetBytes(productSecret), Encoding.UTF8.GetBytes(text)));
    }

    /// <summary>Hides an answer from whoever does not know the product's secret.</summary>
    public static string Encrypt(string productSecret, string text)
    {
        using var aes = Aes.Create();
        aes.Key = Encoding.ASCII.GetBytes(productSecret[..16]);
        byte[] padded = new byte[(text.Length + 15) / 16 * 16]; // zeros, as the hub pads
        Encoding.ASCII.GetBytes(text, padded);
#pragma warning disable CA5401 // the hub's own vector, sixteen times the digit zero
        return Convert.ToBase64String(aes.EncryptCbc(padded, "0000000000000000"u8, PaddingMode.None));
#pragma warning restore CA5401
    }

    public static RegistrationResponse Refuse(string code, string message) => new() { Error = new RegistrationFault(code, message) };

    private async Task AnswerAsync(HttpContext context)
    {
        var response = await JudgeAsync(context);
        response = response with { RequestId = Guid.NewGuid().ToString() };
        context.Response.StatusCode = response.Error is null ? StatusCodes.Status200OK : StatusCodes.Status400BadRequest;
        await Results.Json(new RegistrationAnswer(response), RegistrationAnswerJson.Default.RegistrationAnswer,
            statusCode: context.Response.StatusCode).ExecuteAsync(context);
    }

    private async Task<RegistrationResponse> JudgeAsync(HttpContext context)
    {
        byte[] body = await ConsoleRoutes.BodyAsync(context);
        if (Read(body) is not { } request) return Refuse("InvalidParameter", "the body is no JSON object with ProductId and DeviceName");
        string timestamp = Header(context, "X-TC-Timestamp");
        bool isKnown = Header(context, "X-TC-Algorithm").Equals(Algorithm, StringComparison.Ordinal);
        return Judge(
            new HubDeviceId(request.ProductId, request.DeviceName),
            timestamp,
            isKnown ? Header(context, "X-TC-Signature") : "",
            secret => Sign(secret, context.Request.Host.Host, context.Request.Path, timestamp, Header(context, "X-TC-Nonce"), body));
    }

    /// <summary>What a device is answered, in whichever form it asks.</summary>
    /// <param name="id">The device.</param>
    /// <param name="timestamp">When it asked by its own clock, in seconds.</param>
    /// <param name="signature">Its signature.</param>
    /// <param name="sign">The signature with a product's secret.</param>
    public RegistrationResponse Judge(HubDeviceId id, string timestamp, string signature, Func<string, string> sign)
    {
        if (!options.ProductSecrets.TryGetValue(id.ProductId, out string? secret))
            return Refuse("ResourceNotFound.ProductNotExist", $"product {id.ProductId} does not exist or does not allow registration");
        if (!CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(sign(secret)), Encoding.UTF8.GetBytes(signature)))
            return Refuse("AuthFailure.SignatureFailure", "the signature is not that of the product secret");
        if (!long.TryParse(timestamp, NumberStyles.None, CultureInfo.InvariantCulture, out long seconds)
            || Math.Abs((double)options.TimeProvider.GetUtcNow().ToUnixTimeSeconds() - seconds) > Tolerance.TotalSeconds)
            return Refuse("AuthFailure.SignatureExpire", "the timestamp is too far from the hub's clock");

        if (registry.FindDevice(id) is not { } device) return Refuse("ResourceNotFound.DeviceNotExist", $"device {id} does not exist");
        if (registry.IsActivated(id)) return Refuse("UnsupportedOperation.DeviceActivated", $"device {id} has been activated");
        string payload = $$"""{"encryptionType":2,"psk":"{{device.DeviceSecret}}"}""";
        return new RegistrationResponse { Len = payload.Length, Payload = Encrypt(secret, payload) };
    }

    private static RegistrationRequestBody? Read(byte[] body)
    {
        try
        {
            return JsonSerializer.Deserialize(body, RegistrationAnswerJson.Default.RegistrationRequestBody);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string Header(HttpContext context, string name) => context.Request.Headers[name] is [{ } value, ..] ? value : "";
}

/// <summary>What a device asks with.</summary>
internal sealed record RegistrationRequestBody(string ProductId, string DeviceName);

/// <summary>The hub's answer.</summary>
internal sealed record RegistrationAnswer(RegistrationResponse Response);

/// <summary>The answer's content: a payload, or an error.</summary>
internal sealed record RegistrationResponse
{
    public int? Len { get; init; }
    public string? Payload { get; init; }
    public RegistrationFault? Error { get; init; }
    public string? RequestId { get; init; }
}

/// <summary>Why a device was not registered.</summary>
internal sealed record RegistrationFault(string Code, string Message);

[JsonSourceGenerationOptions(RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(RegistrationRequestBody))]
[JsonSerializable(typeof(RegistrationAnswer))]
internal sealed partial class RegistrationAnswerJson : JsonSerializerContext;
