using BridgeFramework.Runtime;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace BridgeFramework.Gateway;

/// <summary>What can be asked and ordered of the gateway's configuration. It reads its files itself.</summary>
internal static class ConfigurationEndpoints
{
    public static void MapConfiguration(this IEndpointRouteBuilder routes, RunningGateway gateway)
    {
        var host = gateway.Host;
        routes.MapGet("/config", (bool expanded) =>
            TypedResults.Json(ConfigurationTextView.Of(gateway, expanded), AdminJson.Default.ConfigurationTextView));
        routes.MapGet("/config/status", async (CancellationToken gone) => TypedResults.Json(
            ConfigurationView.Of(await host.LookAtConfigurationAsync(gone)), AdminJson.Default.ConfigurationView));
        routes.MapGet("/config/review", async (bool yes, CancellationToken gone) =>
            TypedResults.Json(await WhileItRunsAsync(host, host.ReviewAsync(yes, gone)), AdminJson.Default.PlanReviewView));
        // Whoever gave the order may go: what came of it is noted all the same.
        routes.MapPost("/config/apply", async (bool yes) => TypedResults.Json(
            await WhileItRunsAsync(host, host.ApplyAsync(yes, CancellationToken.None)), AdminJson.Default.PlanReviewView));
    }

    private static async Task<PlanReviewView> WhileItRunsAsync(GatewayHost host, Task<PlanReview> reviewing)
    {
        try
        {
            return PlanReviewView.Of(await reviewing);
        }
        catch (Exception exception) when (
            exception is InvalidOperationException or OperationCanceledException && host.State != GatewayHostState.Running)
        {
            string doing = host.State == GatewayHostState.Starting ? "still starting: order it again in a few seconds"
                : "being stopped: its next start goes by the configuration files";
            throw new AdminException(AdminError.NotPossible, $"The gateway is {doing}.", exception);
        }
    }
}
