using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace BridgeFramework.IotHubEmulator;

/// <summary>What all routes of the console have in common: how they answer, refuse and read their parameters.</summary>
internal static class ConsoleRoutes
{
    public static void Map(this IEndpointRouteBuilder routes, string method, string pattern, Func<HttpContext, IResult> handle) =>
        routes.MapAsync(method, pattern, context => Task.FromResult(handle(context)));

    public static void MapAsync(this IEndpointRouteBuilder routes, string method, string pattern,
        Func<HttpContext, Task<IResult>> handleAsync) =>
        routes.MapMethods(pattern, [method], (RequestDelegate)(async context =>
        {
            IResult result;
            try
            {
                result = await handleAsync(context);
            }
            catch (HubRefusedException exception)
            {
                result = Refusal(exception.Refusal, exception.Message);
            }
            catch (Exception exception) when (exception is ArgumentException or JsonException or InvalidOperationException)
            {
                result = Refusal(HubRefusal.BadRequest, exception.Message);
            }

            await result.ExecuteAsync(context);
        }));

    public static async Task<IResult> DoneAsync(Task work)
    {
        await work;
        return Results.NoContent();
    }

    /// <summary>The body as JSON.</summary>
    public static async Task<T> ReadAsync<T>(HttpContext context, JsonTypeInfo<T> type) =>
        await JsonSerializer.DeserializeAsync(context.Request.Body, type, context.RequestAborted) ?? throw new JsonException(
            "A JSON object is expected.");

    /// <summary>The whole body; the listener bounds it.</summary>
    public static async Task<byte[]> BodyAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        return body.ToArray();
    }

    public static IResult Json<T>(T value, JsonTypeInfo<T> type) => Results.Json(value, type);

    public static IResult Refusal(HubRefusal refusal, string message) => Results.Json(
        new ErrorView(JsonNamingPolicy.CamelCase.ConvertName(refusal.ToString()), message), ConsoleJson.Readable.ErrorView,
        statusCode: refusal switch
        {
            HubRefusal.UnknownDevice => StatusCodes.Status404NotFound,
            HubRefusal.WrongState => StatusCodes.Status409Conflict,
            HubRefusal.Forbidden => StatusCodes.Status403Forbidden,
            _ => StatusCodes.Status400BadRequest,
        });

    public static HubDeviceId Device(HttpContext context) => new(Route(context, "productId"), Route(context, "deviceName"));

    public static HubDeviceId SubDevice(HttpContext context) => new(Route(context, "subProductId"), Route(context, "subDeviceName"));

    public static string Route(HttpContext context, string name) => (string?)context.Request.RouteValues[name] ?? "";

    public static string? Query(HttpContext context, string name) =>
        context.Request.Query[name] is [{ Length: > 0 } value, ..] ? value : null;

    public static long Since(HttpContext context) => Query(context, "since") is not { } text ? 0
        : long.TryParse(text, CultureInfo.InvariantCulture, out long since) ? since
        : throw new HubRefusedException(
            HubRefusal.BadRequest, $"'since' is the sequence number of the last entry already seen, not '{text}'.");

    public static int Last(HttpContext context) => Query(context, "last") is not { } text ? int.MaxValue
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int last) ? last
        : throw new HubRefusedException(HubRefusal.BadRequest, $"'last' is how many entries are wanted at most, not '{text}'.");

    public static TimeSpan Seconds(double seconds) => seconds is >= 0 and <= 86_400 ? TimeSpan.FromSeconds(seconds)
        : throw new HubRefusedException(HubRefusal.BadRequest, $"Seconds are 0 to 86400, not {seconds}.");
}
