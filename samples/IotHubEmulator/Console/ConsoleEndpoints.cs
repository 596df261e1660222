using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace BridgeFramework.IotHubEmulator;

/// <summary>The console over HTTP. Each route is a member of <see cref="HubEmulator"/>; README.md has the table.</summary>
internal static class ConsoleEndpoints
{
    public static void MapConsole(this IEndpointRouteBuilder routes, HubEmulator hub)
    {
        routes.MapGet("/", context => ConsolePage.WriteAsync(context));
        routes.Map("GET", "/api/devices", _ =>
            Json(hub.Devices.Select(DeviceView.Of).ToList(), ConsoleJson.Default.IReadOnlyListDeviceView));
        routes.Map("GET", "/api/messages", context => Json(
            hub.GetMessages(Query(context, "productId"), Query(context, "deviceName"), Since(context)).Select(MessageView.Of).ToList(),
            ConsoleJson.Default.IReadOnlyListMessageView));
        routes.Map("GET", "/api/transcript", context => Json(hub.GetTranscript(Since(context)), ConsoleJson.Default.IReadOnlyListTranscriptEntry));
        routes.Map("GET", "/api/counters", _ => Json(hub.Counters, ConsoleJson.Default.HubCounters));
        routes.MapAsync("POST", "/api/devices/{productId}/{deviceName}/messages", context => SendAsync(hub, context));
        routes.MapAsync("POST", "/api/devices/{productId}/{deviceName}/disconnect", async context =>
            await hub.DisconnectAsync(Device(context)) ? Results.NoContent() : Refusal(HubRefusal.WrongState, $"{Device(context)} is not connected."));
        MapBindings(routes, hub);
        MapFaults(routes, hub);
    }

    private static void MapBindings(IEndpointRouteBuilder routes, HubEmulator hub)
    {
        routes.MapAsync("PUT", "/api/devices/{productId}/{deviceName}/subDevices/{subProductId}/{subDeviceName}",
            context => DoneAsync(hub.BindAsync(Device(context), SubDevice(context))));
        routes.MapAsync("DELETE", "/api/devices/{productId}/{deviceName}/subDevices/{subProductId}/{subDeviceName}",
            context => DoneAsync(hub.UnbindAsync(Device(context), SubDevice(context))));
        routes.MapAsync("DELETE", "/api/devices/{productId}/{deviceName}/subDevices", context => DoneAsync(hub.UnbindAllAsync(Device(context))));
        routes.MapAsync("POST", "/api/devices/{productId}/{deviceName}/search", context =>
            DoneAsync(hub.SearchDevicesAsync(Device(context), start: Query(context, "status") is not "0")));
    }

    private static void MapFaults(IEndpointRouteBuilder routes, HubEmulator hub)
    {
        routes.Map("GET", "/api/faults", _ => Json(hub.Faults.Select(FaultView.Of).ToList(), ConsoleJson.Default.IReadOnlyListFaultView));
        routes.MapAsync("POST", "/api/faults", async context =>
        {
            var request = await JsonSerializer.DeserializeAsync(context.Request.Body, ConsoleJson.Default.FaultRequest, context.RequestAborted)
                ?? throw new JsonException("A fault is a JSON object.");
            HubDeviceId? gateway = request.Gateway is null ? null
                : HubDeviceId.TryParse(request.Gateway, out var id) ? id
                : throw new HubRefusedException(HubRefusal.BadRequest, $"'{request.Gateway}' is not productId/deviceName.");
            var fault = new HubFault { Kind = request.Kind, Operation = request.Operation, Gateway = gateway };
            hub.InjectFault(fault with
            {
                Times = request.Times ?? fault.Times,
                Delay = request.DelaySeconds is { } seconds ? Seconds(seconds) : fault.Delay,
                Result = request.Result ?? fault.Result,
            });
            return Results.NoContent();
        });
        routes.Map("DELETE", "/api/faults", _ =>
        {
            hub.ClearFaults();
            return Results.NoContent();
        });
        routes.Map("POST", "/api/freeze", context =>
        {
            string text = Query(context, "seconds") ?? "";
            if (!double.TryParse(text, System.Globalization.CultureInfo.InvariantCulture, out double seconds))
                throw new HubRefusedException(HubRefusal.BadRequest, $"'seconds' is a number, not '{text}'.");
            hub.Freeze(Seconds(seconds));
            return Results.NoContent();
        });
    }

    private static async Task<IResult> SendAsync(HubEmulator hub, HttpContext context)
    {
        var device = Device(context);
        string suffix = Query(context, "suffix") ?? "control";
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);   // bounded by the listener
        byte[] payload = body.ToArray();
        await hub.SendAsync(device, payload, suffix);
        return Results.Json(new SentView($"{device}/{suffix}", payload.Length), ConsoleJson.Default.SentView);
    }

    private static async Task<IResult> DoneAsync(Task work)
    {
        await work;
        return Results.NoContent();
    }

    private static void Map(this IEndpointRouteBuilder routes, string method, string pattern, Func<HttpContext, IResult> handle) =>
        routes.MapAsync(method, pattern, context => Task.FromResult(handle(context)));

    private static void MapAsync(this IEndpointRouteBuilder routes, string method, string pattern, Func<HttpContext, Task<IResult>> handleAsync) =>
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

    private static IResult Json<T>(T value, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type) => Results.Json(value, type);

    private static IResult Refusal(HubRefusal refusal, string message) => Results.Json(
        new ErrorView(JsonNamingPolicy.CamelCase.ConvertName(refusal.ToString()), message), ConsoleJson.Default.ErrorView,
        statusCode: refusal switch
        {
            HubRefusal.UnknownDevice => StatusCodes.Status404NotFound,
            HubRefusal.WrongState => StatusCodes.Status409Conflict,
            _ => StatusCodes.Status400BadRequest,
        });

    private static HubDeviceId Device(HttpContext context) => new(Route(context, "productId"), Route(context, "deviceName"));

    private static HubDeviceId SubDevice(HttpContext context) => new(Route(context, "subProductId"), Route(context, "subDeviceName"));

    private static string Route(HttpContext context, string name) => (string?)context.Request.RouteValues[name] ?? "";

    private static string? Query(HttpContext context, string name) => context.Request.Query[name] is [{ Length: > 0 } value, ..] ? value : null;

    private static long Since(HttpContext context) => Query(context, "since") is not { } text ? 0
        : long.TryParse(text, System.Globalization.CultureInfo.InvariantCulture, out long since) ? since
        : throw new HubRefusedException(HubRefusal.BadRequest, $"'since' is the sequence number of the last entry already seen, not '{text}'.");

    private static TimeSpan Seconds(double seconds) => seconds is >= 0 and <= 86_400 ? TimeSpan.FromSeconds(seconds)
        : throw new HubRefusedException(HubRefusal.BadRequest, $"Seconds are 0 to 86400, not {seconds}.");
}
