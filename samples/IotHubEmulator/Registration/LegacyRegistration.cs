using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace BridgeFramework.IotHubEmulator;

/// <summary>Dynamic registration as the official C SDK asks for it: another path, another signature, the same answer inside.</summary>
/// <remarks>
/// Source: the C SDK's registration over HTTP. It sends JSON as form content, signs names and values in the order of the alphabet, and
/// gives the hex digits of an HMAC-SHA1 in Base64. Which codes the hub refuses with is not documented: here it is 1, with the other form's
/// code in the words.
/// </remarks>
internal sealed class LegacyRegistration(RegistrationService registration)
{
    private const int Refused = 1;

    public void Map(IEndpointRouteBuilder routes) => routes.MapMethods("/register/dev", ["POST"], (RequestDelegate)AnswerAsync);

    /// <summary>What a request must be signed with.</summary>
    public static string Sign(string productSecret, HubDeviceId id, long timestamp, long nonce)
    {
        string text = FormattableString.Invariant(
            $"deviceName={id.DeviceName}&nonce={nonce}&productId={id.ProductId}&timestamp={timestamp}");
#pragma warning disable CA5350 // the hub's own choice
        byte[] digest = HMACSHA1.HashData(Encoding.UTF8.GetBytes(productSecret), Encoding.UTF8.GetBytes(text));
#pragma warning restore CA5350
        return Convert.ToBase64String(Encoding.ASCII.GetBytes(Convert.ToHexStringLower(digest)));
    }

    private async Task AnswerAsync(HttpContext context)
    {
        var answer = Judge(await ConsoleRoutes.BodyAsync(context)) switch
        {
            { Error: { } fault } => new LegacyAnswer(Refused, $"{fault.Code}: {fault.Message}"),
            var given => new LegacyAnswer(0, "") { Len = given.Len, Payload = given.Payload },
        };
        await Results.Json(answer, LegacyRegistrationJson.Default.LegacyAnswer).ExecuteAsync(context);
    }

    private RegistrationResponse Judge(byte[] body)
    {
        if (Read(body) is not { } request)
        {
            return RegistrationService.Refuse(
                "InvalidParameter", "the body is no JSON object with deviceName, nonce, productId, timestamp and signature");
        }

        var id = new HubDeviceId(request.ProductId, request.DeviceName);
        return registration.Judge(
            id, FormattableString.Invariant($"{request.Timestamp}"), request.Signature,
            secret => Sign(secret, id, request.Timestamp, request.Nonce));
    }

    private static LegacyRequest? Read(byte[] body)
    {
        try
        {
            return JsonSerializer.Deserialize(body, LegacyRegistrationJson.Default.LegacyRequest);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

/// <summary>What a device asks with.</summary>
internal sealed record LegacyRequest(string DeviceName, long Nonce, string ProductId, long Timestamp, string Signature);

/// <summary>The hub's answer: a payload, or a code that is not 0.</summary>
internal sealed record LegacyAnswer(int Code, string Message)
{
    public int? Len { get; init; }
    public string? Payload { get; init; }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(LegacyRequest))]
[JsonSerializable(typeof(LegacyAnswer))]
internal sealed partial class LegacyRegistrationJson : JsonSerializerContext;
