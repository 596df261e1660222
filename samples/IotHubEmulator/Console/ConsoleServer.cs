using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace BridgeFramework.IotHubEmulator;

/// <summary>The HTTP listener of one hub's console.</summary>
internal sealed class ConsoleServer : IAsyncDisposable
{
    private const int MaxRequestBodyBytes = 64 * 1024;
    private readonly WebApplication _application;

    private ConsoleServer(WebApplication application, Uri url) => (_application, Url) = (application, url);

    public Uri Url { get; }

    /// <param name="options">Where it listens.</param>
    /// <param name="map">Says what it answers.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="IOException">The port is taken.</exception>
    public static async Task<ConsoleServer> StartAsync(
        HubEmulatorOptions options, Action<IEndpointRouteBuilder> map, CancellationToken cancellationToken)
    {
        // The empty builder: no appsettings.json, no environment variables, no console lifetime of whoever hosts the hub.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MaxRequestBodySize = MaxRequestBodyBytes;
            kestrel.Limits.MaxResponseBufferSize = 0; // what is flushed is with the system: a download that is cut off has so many bytes
            kestrel.Listen(options.Listen, options.HttpPort);
        });
        builder.Services.AddRoutingCore();
        builder.Services.ConfigureHttpJsonOptions(json => json.SerializerOptions.TypeInfoResolverChain.Insert(0, ConsoleJson.Default));
#pragma warning disable IDISP001 // Owned by the server that is returned, or disposed on failure.
        var application = builder.Build();
#pragma warning restore IDISP001
        try
        {
            application.Use((context, next) =>
            {
                context.Response.Headers.XContentTypeOptions = "nosniff";   // payloads of devices are data, whatever they look like
                return next(context);
            });
            application.Use(ConsoleGuard.PassAsync);
            map(application);
            await application.StartAsync(cancellationToken);
        }
        catch (IOException exception)
        {
            await application.DisposeAsync();
            throw new IOException(
                $"The console cannot listen on {options.Listen}:{options.HttpPort} ({exception.Message}): choose another port, or 0 for "
                    + "a free one.", exception);
        }

        // Kestrel always has it
        string address = application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        return new ConsoleServer(application, new Uri(address));
    }

    public async ValueTask DisposeAsync()
    {
        // Watchers of the console are cut off at once: a hub that is killed does not wait for them.
        await _application.StopAsync(new CancellationToken(canceled: true));
        await _application.DisposeAsync();
    }
}
