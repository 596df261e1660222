using System.Globalization;
using System.Net.Http.Json;

namespace BridgeFramework.Processes;

/// <summary>The hub's console over HTTP.</summary>
/// <param name="address">Where it is.</param>
/// <param name="gateway">Which gateway is meant: <c>productId/deviceName</c>.</param>
public sealed class HubConsole(Uri address, string gateway) : IDisposable
{
    private readonly HttpClient _http = new() { BaseAddress = address, Timeout = TimeSpan.FromSeconds(30) };

    /// <summary>The messages since one.</summary>
    public Task<IReadOnlyList<MessageView>> MessagesAsync(long since, CancellationToken cancellationToken) =>
        GetAsync<IReadOnlyList<MessageView>>(
            string.Create(CultureInfo.InvariantCulture, $"/api/messages?since={since}"), cancellationToken);

    /// <summary>What became of the numbers of samples.</summary>
    public Task<UplinkView> UplinkAsync(CancellationToken cancellationToken) => GetAsync<UplinkView>("/api/uplink", cancellationToken);

    /// <summary>All devices that it knows.</summary>
    public Task<IReadOnlyList<DeviceView>> DevicesAsync(CancellationToken cancellationToken) =>
        GetAsync<IReadOnlyList<DeviceView>>("/api/devices", cancellationToken);

    /// <summary>The packets since one.</summary>
    public Task<IReadOnlyList<TranscriptView>> TranscriptAsync(long since, CancellationToken cancellationToken) =>
        GetAsync<IReadOnlyList<TranscriptView>>(
            string.Create(CultureInfo.InvariantCulture, $"/api/transcript?since={since}"), cancellationToken);

    /// <summary>Whether the gateway is connected now.</summary>
    public async Task<bool> IsGatewayConnectedAsync(CancellationToken cancellationToken) =>
        (await DevicesAsync(cancellationToken)).Any(
            device => device.Connected && string.Equals(device.Id, gateway, StringComparison.Ordinal));

    /// <summary>Closes the gateway's connection, if there is one.</summary>
    public Task DisconnectAsync(CancellationToken cancellationToken) =>
        PostAsync($"/api/devices/{gateway}/disconnect", content: null, mayFail: true, cancellationToken);

    /// <summary>The hub neither reads nor writes for so long.</summary>
    public Task FreezeAsync(TimeSpan duration, CancellationToken cancellationToken) =>
        PostAsync(string.Create(CultureInfo.InvariantCulture, $"/api/freeze?seconds={duration.TotalSeconds}"), content: null,
            mayFail: false, cancellationToken);

    /// <summary>The hub refuses the next connections.</summary>
    public async Task RefuseConnectsAsync(int times, CancellationToken cancellationToken)
    {
        using var content = JsonContent.Create(new { kind = "refuseConnect", times });
        await PostAsync("/api/faults", content, mayFail: false, cancellationToken);
    }

    /// <summary>No more refusals.</summary>
    public async Task CalmAsync(CancellationToken cancellationToken)
    {
        using var response = await _http.DeleteAsync("/api/faults", cancellationToken);
        response.EnsureSuccessStatusCode();
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private async Task<T> GetAsync<T>(string path, CancellationToken cancellationToken) =>
        await _http.GetFromJsonAsync<T>(path, cancellationToken) ?? throw new TestRunException($"The hub answered {path} with null.");

    private async Task PostAsync(string path, HttpContent? content, bool mayFail, CancellationToken cancellationToken)
    {
        using var response = await _http.PostAsync(path, content, cancellationToken);
        if (!mayFail) response.EnsureSuccessStatusCode();
    }
}
