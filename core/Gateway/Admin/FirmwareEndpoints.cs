using BridgeFramework.Runtime;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace BridgeFramework.Gateway;

/// <summary>What can be asked and ordered of firmware updates.</summary>
internal static class FirmwareEndpoints
{
    public static void MapFirmware(this IEndpointRouteBuilder routes, RunningGateway gateway)
    {
        var firmware = gateway.Gateway.Firmware;
        routes.MapGet("/firmware", () => TypedResults.Json(FirmwareListView.Of(gateway), AdminJson.Default.FirmwareListView));
        routes.MapGet("/firmware/update", (string id) =>
            TypedResults.Json(FirmwareUpdateView.Of(Find(gateway, id), gateway.Time.GetUtcNow()), AdminJson.Default.FirmwareUpdateView));
        // None names the version: when the answer goes, the one that was ordered next may have begun already.
        routes.MapOrder(gateway, "approve", firmware.ApproveAsync, id =>
            $"The update of {id} is approved and begins: 'bridge firmware show {id}' says how far it is.");
        routes.MapOrder(
            gateway, "cancel", firmware.CancelAsync, id => $"The update of {id} is cancelled, and the hub hears that it failed.");
        routes.MapOrder(gateway, "retry", firmware.RetryAsync, id =>
            $"The update of {id} is tried once more: 'bridge firmware show {id}' says how far it is.");
    }

    private static void MapOrder(
        this IEndpointRouteBuilder routes, RunningGateway gateway, string order, Func<SubDeviceId, CancellationToken, Task> carryOut,
            Func<SubDeviceId, string> done) =>
        routes.MapPost("/firmware/" + order, async (string id, CancellationToken gone) =>
        {
            var device = Find(gateway, id).Id;
            await WrittenDownAsync(gateway.Time, token => carryOut(device, token), gone);
            return TypedResults.Json(
                new OrderView { Id = device.ToString(), Order = order, Message = done(device) }, AdminJson.Default.OrderView);
        });

    /// <summary>Finds the update of the device that somebody wrote.</summary>
    /// <exception cref="UnknownSubDeviceException">There is no such device.</exception>
    /// <exception cref="OrderNotPossibleException">It never had an update.</exception>
    private static FirmwareUpdateStatus Find(RunningGateway gateway, string written)
    {
        bool isGateway = string.Equals(written, gateway.Identity.ToString(), StringComparison.Ordinal);
        var id = isGateway ? SubDeviceId.Parse(written) : gateway.Gateway.Orders.Find(written);
        return gateway.Gateway.Firmware.Status.FirstOrDefault(update => update.Id == id)
            ?? throw new OrderNotPossibleException($"{id} has no firmware update: the hub has not ordered one.");
    }

    /// <summary>An order holds once it is on the disk. One that does not get there is given up, so that who gave it hears why.</summary>
    private static async Task WrittenDownAsync(TimeProvider time, Func<CancellationToken, Task> order, CancellationToken gone)
    {
        using var patience = new CancellationTokenSource(AdminEndpoints.Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, gone);
        try
        {
            await order(either.Token);
        }
        catch (OperationCanceledException exception) when (!gone.IsCancellationRequested)
        {
            throw new AdminException(
                AdminError.NotPossible, "The order could not be written down, so nothing has changed: the disk of the data folder takes "
                    + "nothing (the gateway's log says why). Give the order again when it does.", exception);
        }
    }
}
