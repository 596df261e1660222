using System.Globalization;
using System.Net.Http.Json;

namespace BridgeFramework.CrashTest;

/// <summary>The hub's console over HTTP.</summary>
internal sealed class HubConsole(Uri address) : IDisposable
{
    private readonly HttpClient _http = new() { BaseAddress = address, Timeout = TimeSpan.FromSeconds(30) };

    public Task<IReadOnlyList<MessageView>> MessagesAsync(long since, CancellationToken cancellationToken) =>
        GetAsync<IReadOnlyList<MessageView>>(string.Create(CultureInfo.InvariantCulture, $"/api/messages?since={since}"), cancellationToken);

    public Task<UplinkView> UplinkAsync(CancellationToken cancellationToken) => GetAsync<UplinkView>("/api/uplink", cancellationToken);

    public async Task<bool> IsGatewayConnectedAsync(CancellationToken cancellationToken)
    {
        var devices = await GetAsync<IReadOnlyList<DeviceView>>("/api/devices", cancellationToken);
        return devices.Any(device => device.Connected && string.Equals($"{device.ProductId}/{device.DeviceName}", SceneFolder.Gateway, StringComparison.Ordinal));
    }

    /// <summary>Closes the gateway's connection, if there is one.</summary>
    public Task DisconnectAsync(CancellationToken cancellationToken) =>
        PostAsync($"/api/devices/{SceneFolder.Gateway}/disconnect", content: null, mayFail: true, cancellationToken);

    public Task FreezeAsync(TimeSpan duration, CancellationToken cancellationToken) =>
        PostAsync(string.Create(CultureInfo.InvariantCulture, $"/api/freeze?seconds={duration.TotalSeconds}"), content: null, mayFail: false, cancellationToken);

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

    public void Dispose() => _http.Dispose();

    private async Task<T> GetAsync<T>(string path, CancellationToken cancellationToken) =>
        await _http.GetFromJsonAsync<T>(path, cancellationToken) ?? throw new CrashTestException($"The hub answered {path} with null.");

    private async Task PostAsync(string path, HttpContent? content, bool mayFail, CancellationToken cancellationToken)
    {
        using var response = await _http.PostAsync(path, content, cancellationToken);
        if (!mayFail) response.EnsureSuccessStatusCode();
    }
}
