using System.Net;
using Microsoft.AspNetCore.Http;
using static BridgeFramework.IotHubEmulator.ConsoleRoutes;

namespace BridgeFramework.IotHubEmulator;

/// <summary>Keeps pages of others out of the console: a browser on this machine may show any, and the console has no password.</summary>
/// <remarks>
/// A page that has its own name resolve to this machine (DNS rebinding) comes with that name as host; one that posts across sites comes
/// with its own origin. Devices and programs are no browsers: they send no origin, and what they use is not looked at.
/// </remarks>
internal static class ConsoleGuard
{
    public static Task PassAsync(HttpContext context, RequestDelegate next)
    {
        var request = context.Request;
        if (request.Path != "/" && !request.Path.StartsWithSegments("/api", StringComparison.OrdinalIgnoreCase)) return next(context);
        if (!IsHere(request.Host.Host))
            return RefuseAsync(context, $"the console does not answer to the name '{request.Host.Host}': use its address, or localhost.");
        foreach (string? origin in request.Headers.Origin)
            if (!string.Equals(origin, $"{request.Scheme}://{request.Host}", StringComparison.OrdinalIgnoreCase))
                return RefuseAsync(context, $"a page of '{origin}' may not use the console.");
        return next(context);
    }

    /// <summary>No page of others has an address, or this one name, as its own.</summary>
    private static bool IsHere(string host) =>
        IPAddress.TryParse(host, out _) || host.Equals("localhost", StringComparison.OrdinalIgnoreCase);

    private static Task RefuseAsync(HttpContext context, string message) =>
        Refusal(HubRefusal.Forbidden, message).ExecuteAsync(context);
}
