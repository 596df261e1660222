using System.Reflection;
using System.Threading.Channels;
using BridgeFramework.IotHub;
using Microsoft.Extensions.Logging;

namespace BridgeFramework.Runtime;

/// <summary>Tells the hub which version the gateway itself runs, on each connection and when it is asked to.</summary>
internal sealed partial class GatewayVersion(HubSession session, ILogger<GatewayVersion> logger)
{
    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    /// <summary>The version of this build.</summary>
    public static string InForce { get; } =
        typeof(GatewayVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0]
            is { } version && FirmwareVersion.IsValid(version)
            ? version
            : "unknown";

    /// <summary>The hub is to be told, again.</summary>
    public void Tell() => _wake.Writer.TryWrite(true);

    public async Task RunAsync(CancellationToken stopping)
    {
        await SubscribeAsync(stopping);
        await foreach (bool _ in _wake.Reader.ReadAllAsync(stopping))
        {
            try
            {
                await session.PublishAsync(FirmwareUplink.Version(session.Gateway, InForce), stopping);
            }
            catch (Exception exception) when (exception is HubOfflineException or TimeoutException)
            {
                LogUntold(logger, exception.Message); // the next connection is told
            }
        }
    }

    private async Task SubscribeAsync(CancellationToken stopping)
    {
        try
        {
            await session.SubscribeAsync(FirmwareTopics.Update(session.Gateway), qos: 1, stopping);
        }
        catch (Exception exception) when (exception is HubOfflineException or TimeoutException or SubscriptionRefusedException)
        {
            LogUnsubscribed(logger, exception.Message);
        }
    }

    [LoggerMessage(4673, LogLevel.Debug, "The hub was not told which version the gateway runs: {Reason}")]
    private static partial void LogUntold(ILogger logger, string reason);

    [LoggerMessage(4674, LogLevel.Warning, "The hub does not say whether the gateway itself is to be updated: {Reason}")]
    private static partial void LogUnsubscribed(ILogger logger, string reason);
}
