using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using static BridgeFramework.IotHubEmulator.ConsoleRoutes;

namespace BridgeFramework.IotHubEmulator;

/// <summary>Firmware over HTTP: images, tasks, download faults, and the files themselves.</summary>
internal static class FirmwareEndpoints
{
    public static void MapFirmware(this IEndpointRouteBuilder routes, HubEmulator hub, FirmwareFiles files)
    {
        routes.Map("GET", "/api/firmware", _ =>
            Json(hub.FirmwareImages.Select(image => FirmwareView.Of(hub, image)).ToList(), ConsoleJson.Readable.IReadOnlyListFirmwareView));
        routes.MapAsync("POST", "/api/firmware", context => UploadAsync(hub, context));
        routes.Map("GET", "/api/firmware/tasks", _ =>
            Json(hub.FirmwareTasks.Select(FirmwareTaskView.Of).ToList(), ConsoleJson.Readable.IReadOnlyListFirmwareTaskView));
        routes.MapAsync("POST", "/api/firmware/tasks", async context =>
        {
            var request = await ReadAsync(context, ConsoleJson.Readable.FirmwareTaskRequest);
            var task = await hub.StartFirmwareTaskAsync(new HubDeviceId(request.ProductId, request.DeviceName), request.Version);
            return Json(FirmwareTaskView.Of(task), ConsoleJson.Readable.FirmwareTaskView);
        });
        routes.MapAsync("POST", "/api/firmware/tasks/{productId}/{deviceName}/push", context => DoneAsync(hub.PushFirmwareAsync(Device(context))));
        routes.Map("GET", "/api/firmware/faults", _ => Json(hub.DownloadFaults, ConsoleJson.Readable.IReadOnlyListDownloadFault));
        routes.MapAsync("POST", "/api/firmware/faults", async context =>
        {
            var request = await ReadAsync(context, ConsoleJson.Readable.DownloadFaultRequest);
            var fault = new DownloadFault { Kind = request.Kind, Version = request.Version };
            hub.InjectDownloadFault(fault with { Times = request.Times ?? fault.Times, Bytes = request.Bytes ?? fault.Bytes });
            return Results.NoContent();
        });
        routes.Map("DELETE", "/api/firmware/faults", _ =>
        {
            hub.ClearDownloadFaults();
            return Results.NoContent();
        });
        routes.MapMethods("/{fileName}", ["GET", "HEAD"], (RequestDelegate)(context => files.ServeAsync(context, Route(context, "fileName"))));
    }

    private static async Task<IResult> UploadAsync(HubEmulator hub, HttpContext context)
    {
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit) limit.MaxRequestBodySize = FirmwareImage.MaxSize;
        byte[] content;
        try
        {
            content = await BodyAsync(context);
        }
        catch (BadHttpRequestException exception) when (exception.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            throw new HubRefusedException(HubRefusal.BadRequest, $"An image has at most {FirmwareImage.MaxSize} bytes.");
        }

        var image = hub.AddFirmware(Query(context, "productId") ?? "", Query(context, "version") ?? "", content);
        return Json(FirmwareView.Of(hub, image), ConsoleJson.Readable.FirmwareView);
    }
}
