using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using BridgeFramework.Configuration;
using BridgeFramework.Runtime;

namespace BridgeFramework.Gateway;

/// <summary>Asks a running gateway on its socket. Every failure is an <see cref="AdminException"/> in an operator's words.</summary>
internal sealed class AdminClient : IDisposable
{
    private const int MaxAnswerBytes = 16 * 1024 * 1024;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>A plugin has 10 s to be configured, 10 s to finish its commands, 10 s to end and 10 s to be disposed.</summary>
    private static readonly TimeSpan PluginPatience = TimeSpan.FromSeconds(60);

    /// <summary>Channels that start anew have 10 s to end and 10 s to be disposed, and an order for a plugin may have come first.</summary>
    private static readonly TimeSpan ApplyPatience = TimeSpan.FromMinutes(2);
    private readonly string _folder;
    private readonly string _doubt;
    private readonly TimeProvider _time;
    private readonly HttpClient _http;

    /// <param name="folder">The gateway's data folder.</param>
    /// <param name="path">Its socket.</param>
    /// <param name="doubt">Why it may be another one, in lines; empty where it is that.</param>
    /// <param name="time">The clock.</param>
    private AdminClient(string folder, string path, string doubt, TimeProvider time)
    {
        _folder = folder;
        _doubt = doubt;
        _time = time;
#pragma warning disable CA2000, IDISP014 // The client disposes its handler; each command is one process.
        _http = new HttpClient(new SocketsHttpHandler
        {
            ConnectCallback = (_, token) => ConnectAsync(path, token),
            UseProxy = false,
            AllowAutoRedirect = false,
        })
        {
            BaseAddress = new Uri("http://bridge/"),
            Timeout = Timeout.InfiniteTimeSpan,
            MaxResponseContentBufferSize = MaxAnswerBytes,
        };
#pragma warning restore CA2000, IDISP014
    }

    /// <summary>Finds the gateway that a configuration describes.</summary>
    /// <exception cref="AdminException">The configuration does not say where its data folder is.</exception>
    public static AdminClient Of(ConfigurationResult result, TimeProvider time)
    {
        string mistakes = string.Join(Environment.NewLine, result.Mistakes.Where(mistake => !mistake.IsWarning));
        if (result.DataFolder is not { } folder) throw new AdminException(AdminError.NotAccessible, mistakes);
        try
        {
            // The gateway that runs has read the file when it was in order.
            return new AdminClient(
                folder, AdminSocket.PathIn(folder), result.AssumedDataFolder is null ? "" : mistakes + Environment.NewLine, time);
        }
        catch (IOException exception)
        {
            throw new AdminException(AdminError.NotAccessible, $"No gateway can run on this data folder: {exception.Message}", exception);
        }
    }

    public Task<T> GetAsync<T>(string path, JsonTypeInfo<T> type, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Get, path, type, Patience, cancellationToken);

    public Task<T> PostAsync<T>(string path, JsonTypeInfo<T> type, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Post, path, type, Patience, cancellationToken);

    /// <summary>Gives an order for a plugin, which may take a while.</summary>
    public Task<PluginView> OrderPluginAsync(string path, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Post, path, AdminJson.Default.PluginView, PluginPatience, cancellationToken);

    /// <summary>Has the gateway apply its configuration files, which may take a while; it goes on where nobody waits any more.</summary>
    /// <param name="mayRemoveMost">Confirms that more than half of the sub-devices may go.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public Task<PlanReviewView> ApplyAsync(bool mayRemoveMost, CancellationToken cancellationToken) => SendAsync(
        HttpMethod.Post, $"config/apply?yes={mayRemoveMost}", AdminJson.Default.PlanReviewView, ApplyPatience, cancellationToken);

    public void Dispose() => _http.Dispose();

    private async Task<T> SendAsync<T>(
        HttpMethod method, string path, JsonTypeInfo<T> type, TimeSpan patienceTime, CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(patienceTime, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        try
        {
            using var request = new HttpRequestMessage(method, path);
            using var response = await _http.SendAsync(request, either.Token);
            if (response.IsSuccessStatusCode)
                return await response.Content.ReadFromJsonAsync(type, either.Token) ?? throw NotUnderstood(cause: null);
            throw new AdminException(
                await response.Content.ReadFromJsonAsync(AdminJson.Default.AdminError, either.Token) ?? throw NotUnderstood(cause: null));
        }
        catch (OperationCanceledException exception) when (patience.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new AdminException(
                AdminError.NotAnswering, $"The gateway on {_folder} has not answered within {patienceTime.TotalSeconds:0} s: it hangs or "
                    + "is stopped. Look at its log; if nothing moves there, restart it.", exception);
        }
        catch (HttpRequestException exception) when (exception.InnerException is SocketException cause)
        {
            throw NotConnected(cause);
        }
        catch (HttpRequestException exception) when (
            exception.HttpRequestError is HttpRequestError.ResponseEnded or HttpRequestError.Unknown)
        {
            throw new AdminException(
                AdminError.NotRunning, $"The gateway on {_folder} went away before it answered: was it stopped?", exception);
        }
        catch (Exception exception) when (exception is JsonException or HttpRequestException or InvalidOperationException)
        {
            throw NotUnderstood(exception);
        }
    }

    private AdminException NotConnected(SocketException cause) => cause.SocketErrorCode switch
    {
        SocketError.AccessDenied => new AdminException(
            AdminError.NotAccessible, $"The gateway on {_folder} belongs to another user: run this as the user that runs the gateway.",
                cause),
        _ => new AdminException(AdminError.NotRunning, $"{_doubt}No gateway is running on {_folder}: start it with 'bridge run'.", cause),
    };

    private AdminException NotUnderstood(Exception? cause) =>
        new(AdminError.NotUnderstood,
            $"What answers on {_folder} is no gateway of version {RunningGateway.Version}: restart the gateway after an update.", cause);

    private static async ValueTask<Stream> ConnectAsync(string path, CancellationToken cancellationToken)
    {
#pragma warning disable IDISP001 // The stream that is returned owns it; on failure it is disposed here.
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
#pragma warning restore IDISP001
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
