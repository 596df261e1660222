using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using static BridgeFramework.IotHubEmulator.ConsoleRoutes;

namespace BridgeFramework.IotHubEmulator;

/// <summary>What the hub shall do wrong, over HTTP.</summary>
internal static class FaultEndpoints
{
    public static void MapFaults(this IEndpointRouteBuilder routes, FaultPlan faults)
    {
        routes.Map("GET", "/api/faults", _ =>
            Json(faults.Pending.Select(FaultView.Of).ToList(), ConsoleJson.Readable.IReadOnlyListFaultView));
        routes.MapAsync("POST", "/api/faults", async context =>
        {
            faults.Add(FaultOf(await ReadAsync(context, ConsoleJson.Readable.FaultRequest)));
            return Results.NoContent();
        });
        routes.Map("DELETE", "/api/faults", _ =>
        {
            faults.Clear();
            return Results.NoContent();
        });
        routes.Map("POST", "/api/freeze", context =>
        {
            string text = Query(context, "seconds") ?? "";
            if (!double.TryParse(text, CultureInfo.InvariantCulture, out double seconds))
                throw new HubRefusedException(HubRefusal.BadRequest, $"'seconds' is a number, not '{text}'.");
            faults.Freeze(Seconds(seconds));
            return Results.NoContent();
        });
    }

    private static HubFault FaultOf(FaultRequest request)
    {
        HubDeviceId? gateway = request.Gateway is null ? null
            : HubDeviceId.TryParse(request.Gateway, out var id) ? id
            : throw new HubRefusedException(HubRefusal.BadRequest, $"'{request.Gateway}' is not productId/deviceName.");
        var fault = new HubFault { Kind = request.Kind, Operation = request.Operation, Gateway = gateway };
        return fault with
        {
            Times = request.Times ?? fault.Times,
            Delay = request.DelaySeconds is { } seconds ? Seconds(seconds) : fault.Delay,
            Result = request.Result ?? fault.Result,
        };
    }
}
