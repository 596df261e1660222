using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using static BridgeFramework.IotHubEmulator.ConsoleRoutes;

namespace BridgeFramework.IotHubEmulator;

/// <summary>Firmware over HTTP: images and tasks.</summary>
internal static class FirmwareEndpoints
{
    public static void MapFirmware(this IEndpointRouteBuilder routes, FirmwareStore store, FirmwareAdministration administration)
    {
        routes.Map("GET", "/api/firmware", _ =>
            Json(store.Images.Select(image => View(image, administration)).ToList(), ConsoleJson.Readable.IReadOnlyListFirmwareView));
        routes.MapAsync("POST", "/api/firmware", context => UploadAsync(administration, context));
        routes.Map("GET", "/api/firmware/tasks", _ =>
            Json(store.Tasks.Select(FirmwareTaskView.Of).ToList(), ConsoleJson.Readable.IReadOnlyListFirmwareTaskView));
        routes.MapAsync("POST", "/api/firmware/tasks", async context =>
        {
            var request = await ReadAsync(context, ConsoleJson.Readable.FirmwareTaskRequest);
            var task = await administration.StartTaskAsync(new HubDeviceId(request.ProductId, request.DeviceName), request.Version);
            return Json(FirmwareTaskView.Of(task), ConsoleJson.Readable.FirmwareTaskView);
        });
        routes.MapAsync("POST", "/api/firmware/tasks/{productId}/{deviceName}/push", context =>
            DoneAsync(administration.PushAsync(Device(context))));
    }

    private static async Task<IResult> UploadAsync(FirmwareAdministration administration, HttpContext context)
    {
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
            limit.MaxRequestBodySize = FirmwareImage.MaxSize;
        byte[] content;
        try
        {
            content = await BodyAsync(context);
        }
        catch (BadHttpRequestException exception) when (exception.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            throw new HubRefusedException(HubRefusal.BadRequest, $"An image has at most {FirmwareImage.MaxSize} bytes.");
        }

        var image = administration.Upload(Query(context, "productId") ?? "", Query(context, "version") ?? "", content);
        return Json(View(image, administration), ConsoleJson.Readable.FirmwareView);
    }

    private static FirmwareView View(FirmwareImage image, FirmwareAdministration administration) =>
        FirmwareView.Of(image, administration.UrlOf(image));
}
