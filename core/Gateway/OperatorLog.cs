using Microsoft.Extensions.Logging;

namespace BridgeFramework.Gateway;

/// <summary>The log as an operator reads it: one line for each event, with the time, on standard output.</summary>
internal static class OperatorLog
{
    public static ILoggerFactory Create(LogLevel level) => LoggerFactory.Create(logging => logging
        .SetMinimumLevel(level)
        .AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.TimestampFormat = "yyyy-MM-dd HH:mm:ss.fff ";
        }));
}
