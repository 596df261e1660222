using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace BridgeFramework.Runtime;

/// <summary>Runs a gateway with an application. What goes wrong with the gateway ends neither the application
/// nor another gateway in it.</summary>
internal sealed partial class GatewayService(string name, GatewayHost host, ILogger<GatewayService> logger) : IHostedService
{
    private readonly string _gateway = name.Length == 0 ? "The gateway" : $"The gateway '{name}'";

    /// <inheritdoc/>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        try
        {
            await host.StartAsync(cancellationToken);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            LogNotStarted(logger, _gateway, exception.Message);
        }
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => host.StopAsync(cancellationToken);

    [LoggerMessage(4426, LogLevel.Error, "{Gateway} could not start: {Reason}")]
    private static partial void LogNotStarted(ILogger logger, string gateway, string reason);
}
