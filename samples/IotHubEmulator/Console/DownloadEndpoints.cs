using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using static BridgeFramework.IotHubEmulator.ConsoleRoutes;

namespace BridgeFramework.IotHubEmulator;

/// <summary>The files of firmware images over HTTP, and what goes wrong with their downloads.</summary>
internal static class DownloadEndpoints
{
    public static void MapDownloads(this IEndpointRouteBuilder routes, FirmwareFiles files, DownloadFaultPlan faults)
    {
        routes.Map("GET", "/api/firmware/faults", _ => Json(faults.Pending, ConsoleJson.Readable.IReadOnlyListDownloadFault));
        routes.MapAsync("POST", "/api/firmware/faults", async context =>
        {
            var request = await ReadAsync(context, ConsoleJson.Readable.DownloadFaultRequest);
            var fault = new DownloadFault { Kind = request.Kind, Version = request.Version };
            faults.Add(fault with { Times = request.Times ?? fault.Times, Bytes = request.Bytes ?? fault.Bytes });
            return Results.NoContent();
        });
        routes.Map("DELETE", "/api/firmware/faults", _ =>
        {
            faults.Clear();
            return Results.NoContent();
        });
        routes.MapMethods(
            "/{fileName}", ["GET", "HEAD"], (RequestDelegate)(context => files.ServeAsync(context, Route(context, "fileName"))));
    }
}
