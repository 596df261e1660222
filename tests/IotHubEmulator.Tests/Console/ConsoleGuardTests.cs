using System.Net;
using System.Text;

namespace BridgeFramework.IotHubEmulator.Tests;

/// <summary>A browser on the same machine shows pages of others, and the console asks for no password.</summary>
public sealed class ConsoleGuardTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("GET", "/", "rebound.example", null, HttpStatusCode.Forbidden)]
    [InlineData("GET", "/api/messages", "rebound.example", null, HttpStatusCode.Forbidden)]
    [InlineData("GET", "/api/messages", "localhost.rebound.example", null, HttpStatusCode.Forbidden)]
    [InlineData("GET", "/api/messages", "rebound.example", "http://rebound.example", HttpStatusCode.Forbidden)]
    [InlineData("DELETE", "/api/faults", null, "https://evil.example", HttpStatusCode.Forbidden)]
    [InlineData("DELETE", "/api/faults", null, "null", HttpStatusCode.Forbidden)]
    [InlineData("POST", "/api/freeze?seconds=0", null, "http://127.0.0.1:1", HttpStatusCode.Forbidden)] // another port, another site
    [InlineData("DELETE", "/api/faults", null, "itself", HttpStatusCode.NoContent)]
    [InlineData("DELETE", "/api/faults", "localhost", null, HttpStatusCode.NoContent)]
    [InlineData("DELETE", "/api/faults", "[::1]", null, HttpStatusCode.NoContent)]
    [InlineData("GET", "/", null, null, HttpStatusCode.OK)]
    [InlineData("POST", "/device/register", "ap-guangzhou.gateway.tencentdevices.com", null, HttpStatusCode.BadRequest)] // by itself
    public async Task Pages_of_others_are_kept_out(string method, string path, string? host, string? origin, HttpStatusCode expected)
    {
        await using var hub = await HubEmulator.StartAsync(Example.Options(), Ct);
        using var http = new HttpClient { BaseAddress = hub.ConsoleUrl };
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (method == "POST") request.Content = new StringContent("{}", Encoding.UTF8, "text/plain");
        if (host is not null) request.Headers.Host = host;
        if (origin is not null)
            request.Headers.Add("Origin", origin == "itself" ? hub.ConsoleUrl.GetLeftPart(UriPartial.Authority) : origin);

        using var response = await http.SendAsync(request, Ct);

        Assert.Equal(expected, response.StatusCode);
    }
}
