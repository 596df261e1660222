using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using static BridgeFramework.IotHubEmulator.ConsoleRoutes;

namespace BridgeFramework.IotHubEmulator;

/// <summary>Devices and their bindings over HTTP. README.md has the table of all routes.</summary>
internal static class DeviceEndpoints
{
    private const string DevicePattern = "/api/devices/{productId}/{deviceName}";

    public static void MapDevices(
        this IEndpointRouteBuilder routes, DeviceRegistry registry, DeviceAdministration administration, HubBroker broker)
    {
        routes.Map("GET", "/api/devices", _ =>
            Json(registry.Snapshot().Select(DeviceView.Of).ToList(), ConsoleJson.Readable.IReadOnlyListDeviceView));
        routes.MapAsync("POST", $"{DevicePattern}/messages", context => SendAsync(administration, context));
        routes.MapAsync("POST", $"{DevicePattern}/disconnect", async context => await broker.DisconnectAsync(Device(context))
            ? Results.NoContent()
            : Refusal(HubRefusal.WrongState, $"{Device(context)} is not connected."));
        routes.MapAsync("POST", $"{DevicePattern}/search", context =>
            DoneAsync(administration.SearchAsync(Device(context), start: Query(context, "status") is not "0")));
        MapBindings(routes, administration);
    }

    private static void MapBindings(IEndpointRouteBuilder routes, DeviceAdministration administration)
    {
        const string Bindings = $"{DevicePattern}/subDevices";
        const string Binding = $"{Bindings}/{{subProductId}}/{{subDeviceName}}";
        routes.MapAsync("PUT", Binding, context => DoneAsync(administration.BindAsync(Device(context), SubDevice(context))));
        routes.MapAsync("DELETE", Binding, context => DoneAsync(administration.UnbindAsync(Device(context), SubDevice(context))));
        routes.MapAsync("DELETE", Bindings, context => DoneAsync(administration.UnbindAllAsync(Device(context))));
    }

    private static async Task<IResult> SendAsync(DeviceAdministration administration, HttpContext context)
    {
        var device = Device(context);
        string suffix = Query(context, "suffix") ?? "control";
        byte[] payload = await BodyAsync(context);
        await administration.SendAsync(device, payload, suffix, qos: 1);
        return Results.Json(new SentView($"{device}/{suffix}", payload.Length), ConsoleJson.Readable.SentView);
    }
}
