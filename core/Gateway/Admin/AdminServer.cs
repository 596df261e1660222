using System.Net.Sockets;
using BridgeFramework.IotHub;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace BridgeFramework.Gateway;

/// <summary>Answers the operator's commands on the gateway's socket, and listens nowhere else.</summary>
internal sealed class AdminServer : IAsyncDisposable
{
    private const int MaxRequestBodyBytes = 1024;
    private static readonly TimeSpan RequestTime = TimeSpan.FromSeconds(5); // a command asks at once, and once
    private readonly WebApplication _application;
    private readonly string _path;

    private AdminServer(WebApplication application, string path) => (_application, _path) = (application, path);

    /// <param name="gateway">What is seen and steered; it has claimed its data folder.</param>
    /// <param name="loggers">Where failures of ours are told.</param>
    /// <param name="cancellationToken">Ends the starting.</param>
    /// <exception cref="IOException">The socket cannot be had.</exception>
    public static async Task<AdminServer> StartAsync(RunningGateway gateway, ILoggerFactory loggers, CancellationToken cancellationToken)
    {
        string path = AdminSocket.PathIn(gateway.Plan.Data.Folder);
        // The empty builder: no appsettings.json, no environment variables, no listener but the one below.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = MaxRequestBodyBytes;
            kestrel.Limits.MaxConcurrentConnections = 4 * AdminDoor.Places;
            kestrel.Limits.RequestHeadersTimeout = RequestTime;
            kestrel.Limits.KeepAliveTimeout = RequestTime;
            kestrel.ListenUnixSocket(path, listen => listen.Use(new AdminDoor().Before));
        });
        builder.Services.Configure<SocketTransportOptions>(sockets =>
            sockets.CreateBoundListenSocket = endPoint => AdminSocket.Bind((UnixDomainSocketEndPoint)endPoint));
        builder.Services.AddRoutingCore();
#pragma warning disable IDISP001 // Owned by the server that is returned, or disposed on failure.
        var application = builder.Build();
#pragma warning restore IDISP001
        try
        {
            var logger = loggers.CreateLogger<AdminServer>();
            application.Use((context, next) => AdminFailure.AnswerAsync(context, next, logger));
            application.MapAdmin(gateway);
            await application.StartAsync(cancellationToken);
            return new AdminServer(application, path);
        }
        catch
        {
            await application.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        // Who waits for an answer is cut off: a gateway that is told to stop does not wait for the hub.
        await _application.StopAsync(new CancellationToken(canceled: true));
        await _application.DisposeAsync();
        File.Delete(_path);
    }
}
