using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using static BridgeFramework.IotHubEmulator.ConsoleRoutes;

namespace BridgeFramework.IotHubEmulator;

/// <summary>The console over HTTP. Each route is a member of <see cref="HubEmulator"/>; README.md has the table.</summary>
internal static class ConsoleEndpoints
{
    public static void MapConsole(this IEndpointRouteBuilder routes, HubEmulator hub)
    {
        routes.MapGet("/", context => ConsolePage.WriteAsync(context));
        routes.Map("GET", "/api/devices", _ =>
            Json(hub.Devices.Select(DeviceView.Of).ToList(), ConsoleJson.Readable.IReadOnlyListDeviceView));
        routes.Map("GET", "/api/messages", context => Json(
            hub.GetMessages(Query(context, "productId"), Query(context, "deviceName"), Since(context)).TakeLast(Last(context)).Select(MessageView.Of).ToList(),
            ConsoleJson.Readable.IReadOnlyListMessageView));
        routes.Map("GET", "/api/transcript", context => Json(
            hub.GetTranscript(Since(context)).TakeLast(Last(context)).ToList(), ConsoleJson.Readable.IReadOnlyListTranscriptEntry));
        routes.Map("GET", "/api/uplink", _ => Json(UplinkView.Of(hub.UplinkDevices), ConsoleJson.Readable.UplinkView));
        routes.Map("DELETE", "/api/uplink", _ =>
        {
            hub.ForgetUplink();
            return Results.NoContent();
        });
        routes.Map("GET", "/api/counters", _ => Json(hub.Counters, ConsoleJson.Readable.HubCounters));
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
        routes.Map("GET", "/api/faults", _ => Json(hub.Faults.Select(FaultView.Of).ToList(), ConsoleJson.Readable.IReadOnlyListFaultView));
        routes.MapAsync("POST", "/api/faults", async context =>
        {
            var request = await ReadAsync(context, ConsoleJson.Readable.FaultRequest);
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
        byte[] payload = await BodyAsync(context);
        await hub.SendAsync(device, payload, suffix);
        return Results.Json(new SentView($"{device}/{suffix}", payload.Length), ConsoleJson.Readable.SentView);
    }
}
