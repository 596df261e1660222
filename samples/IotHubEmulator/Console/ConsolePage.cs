using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace BridgeFramework.IotHubEmulator;

/// <summary>One page: the devices, the last messages and packets.</summary>
internal static class ConsolePage
{
    public static void MapPage(this IEndpointRouteBuilder routes) => routes.MapGet("/", WriteAsync);

    private static async Task WriteAsync(HttpContext context)
    {
        context.Response.ContentType = "text/html; charset=utf-8";
        // What a device sends cannot become script, even if the page were careless with it.
        context.Response.Headers.ContentSecurityPolicy =
            "default-src 'self'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:";
        await using var page = typeof(ConsolePage).Assembly.GetManifestResourceStream("page.html")
            ?? throw new InvalidOperationException("The page is missing from the assembly.");
        await page.CopyToAsync(context.Response.Body, context.RequestAborted);
    }
}
