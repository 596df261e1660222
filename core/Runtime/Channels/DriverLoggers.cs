using BridgeFramework.Configuration;
using Microsoft.Extensions.Logging;

namespace BridgeFramework.Runtime;

/// <summary>The loggers of one channel's driver: their category begins with
/// <c>Drivers.{driver}.{channel}.</c>, so that a log can be filtered by either.</summary>
/// <remarks>What a plugin does to it does not reach the gateway's own log: it can neither add to it nor end it.</remarks>
internal sealed class DriverLoggers(ILoggerFactory loggers, ChannelPlan channel) : ILoggerFactory
{
    public ILogger CreateLogger(string categoryName) => loggers.CreateLogger($"Drivers.{channel.Driver}.{channel.Name}.{categoryName}");

    public void AddProvider(ILoggerProvider provider) =>
        throw new NotSupportedException("A driver logs to the gateway's log: it cannot add another.");

    public void Dispose()
    {
        // The log is the gateway's.
    }
}
