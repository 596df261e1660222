using BridgeFramework.Configuration;
using BridgeFramework.IotHub;
using BridgeFramework.Runtime;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace BridgeFramework.Gateway;

/// <summary>What can be asked and ordered on the socket.</summary>
internal static class AdminEndpoints
{
    /// <summary>How long an order waits for the hub or the disk: shorter than who gave it waits for us, so
    /// that they hear the reason.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(8);

    public static void MapAdmin(this IEndpointRouteBuilder routes, RunningGateway gateway)
    {
        var orders = gateway.Gateway.Orders;
        // Each with its type: of the context alone only the types would be used, not its options.
        routes.MapGet("/status", async (CancellationToken gone) => TypedResults.Json(
            StatusView.Of(gateway, await gateway.Host.LookAtConfigurationAsync(gone)), AdminJson.Default.StatusView));
        routes.MapGet("/devices", () => TypedResults.Json(DeviceListView.Of(gateway), AdminJson.Default.DeviceListView));
        routes.MapGet(
            "/device", (string id) => TypedResults.Json(DeviceDetailView.Of(gateway, id), AdminJson.Default.DeviceDetailView));
        routes.MapGet("/ledger", () => TypedResults.Json(LedgerView.Of(gateway), AdminJson.Default.LedgerView));
        routes.MapGet("/hub/devices", async (CancellationToken gone) =>
            TypedResults.Json(HubListView.Of(gateway, await WithinPatienceAsync(gateway.Time, orders.ListAtHubAsync, gone)),
                AdminJson.Default.HubListView));

        routes.MapGet("/plugins", () =>
            TypedResults.Json(new PluginListView { Plugins = PluginView.AllOf(gateway) }, AdminJson.Default.PluginListView));
        routes.MapGet(
            "/plugin", (string id) => TypedResults.Json(PluginView.Of(gateway.Plugins.Find(id), gateway), AdminJson.Default.PluginView));
        routes.MapPlugin(gateway, "remove", gateway.Plugins.RemoveAsync);
        routes.MapPlugin(gateway, "reload", gateway.Plugins.ReloadAsync);
        routes.MapPlugin(gateway, "rollback", gateway.Plugins.RollBackAsync);
        routes.MapPost("/plugin/take", async (string entry, CancellationToken gone) =>
            TypedResults.Json(PluginView.Of(await gateway.Plugins.TakeInAsync(entry, gone), gateway), AdminJson.Default.PluginView));

        routes.MapConfiguration(gateway);
        routes.MapFirmware(gateway);

        routes.MapOrder(gateway, "online", (id, token) => KeptAsync(id, "online", orders.BringOnlineAsync(id, token)), Online);
        routes.MapOrder(gateway, "offline", (id, token) => KeptAsync(id, "offline", OfflineAsync(orders, id, token)), _ =>
            "is offline, and stays so until it is ordered online or the gateway restarts");
        routes.MapOrder(gateway, "bind", (id, token) => NothingHeld(orders.BindAsync(id, token)), _ => "is bound to this gateway");
        routes.MapOrder(gateway, "unbind", (id, token) => KeptAsync(id, "unbound", NothingHeld(orders.UnbindAsync(id, token))), _ =>
            gateway.Plan.Hub.Rebind == RebindPolicy.Never
                ? "is not bound to this gateway any more, and stays so until it is bound by an order or in the console"
                : "is not bound to this gateway any more, and stays so until it is ordered bound or the gateway restarts");
    }

    private static void MapOrder(
        this IEndpointRouteBuilder routes, RunningGateway gateway, string order,
            Func<SubDeviceId, CancellationToken, Task<ManualOverride>> carryOut, Func<ManualOverride, string> done) =>
        routes.MapPost("/device/" + order, async (string id, CancellationToken gone) =>
        {
            var device = gateway.Gateway.Orders.Find(id);
            var held = await WithinPatienceAsync(gateway.Time, token => carryOut(device, token), gone);
            return TypedResults.Json(
                new OrderView { Id = device.ToString(), Order = order, Message = $"{device} {done(held)}." }, AdminJson.Default.OrderView);
        });

    private static void MapPlugin(this IEndpointRouteBuilder routes, RunningGateway gateway, string order,
        Func<string, CancellationToken, Task<PluginStatus>> carryOut) =>
        routes.MapPost("/plugin/" + order, async (string id, CancellationToken gone) =>
            TypedResults.Json(PluginView.Of(await carryOut(id, gone), gateway), AdminJson.Default.PluginView));

    private static string Online(ManualOverride held) => held == ManualOverride.Online
        ? "is online, and stays so until a channel sees it, it is ordered offline or the gateway restarts"
        : "is online";

    private static async Task<ManualOverride> OfflineAsync(SubDeviceOrders orders, SubDeviceId id, CancellationToken cancellationToken)
    {
        try
        {
            await orders.TakeOfflineAsync(id, cancellationToken);
        }
        catch (GatewayOperationException exception) when (exception.Code == GatewayResultCode.NotBound)
        {
            // What is not bound is not online either: it is as it was ordered.
        }

        return ManualOverride.Offline;
    }

    /// <summary>An order that holds although the hub has not heard of it: whoever gave it must know both.</summary>
    private static async Task<ManualOverride> KeptAsync(SubDeviceId id, string order, Task<ManualOverride> carriedOut)
    {
        try
        {
            return await carriedOut;
        }
        catch (Exception exception) when (exception is TimeoutException or OperationCanceledException)
        {
            throw new AdminException(
                AdminError.HubSilent, $"The hub has not answered within {Patience.TotalSeconds:0} s, and what it did is not known. {id} "
                    + $"is held as ordered: {order}. Give the order again to be sure, or see 'bridge hub list'.", exception);
        }
        catch (HubOfflineException exception) when (order != "unbound")
        {
            throw new AdminException(
                AdminError.HubOffline, $"There is no connection to the hub ('bridge status' says why). The order is kept: {id} is to be "
                    + $"{order}, and the hub hears of it as soon as it can.", exception);
        }
    }

    private static async Task<ManualOverride> NothingHeld(Task order)
    {
        await order;
        return ManualOverride.None;
    }

    private static async Task<T> WithinPatienceAsync<T>(TimeProvider time, Func<CancellationToken, Task<T>> ask, CancellationToken gone)
    {
        using var patience = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, gone);
        return await ask(either.Token);
    }
}
