using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace BridgeFramework.Runtime;

/// <summary>Runs a gateway with an application. What goes wrong with the gateway ends neither the application
/// nor another gateway in it.</summary>
/// <param name="name">Its name in the application; empty where it has none.</param>
/// <param name="host">The gateway.</param>
/// <param name="application">Says when the application is stopped; null for a program without such a thing.</param>
/// <param name="logger">The log.</param>
internal sealed partial class GatewayService(
    string name, GatewayHost host, IHostApplicationLifetime? application, ILogger<GatewayService> logger) : IHostedService
{
    private readonly string _gateway = name.Length == 0 ? "The gateway" : $"The gateway '{name}'";

    /// <inheritdoc/>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        try
        {
            await host.StartAsync(cancellationToken);
        }
        catch (OperationCanceledException) when (application?.ApplicationStopping.IsCancellationRequested == true)
        {
            // Somebody stops the application, and it goes on to its end as it does once it has started. Thrown, this would be its crash.
        }
        catch (Exception exception) when (exception is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            LogNotStarted(logger, _gateway, exception.Message);
        }
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => host.StopAsync(cancellationToken);

    [LoggerMessage(4426, LogLevel.Error, "{Gateway} could not start: {Reason}")]
    private static partial void LogNotStarted(ILogger logger, string gateway, string reason);
}
