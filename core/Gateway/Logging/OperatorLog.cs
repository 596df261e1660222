using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;

namespace BridgeFramework.Gateway;

/// <summary>The log as an operator reads it, on standard output.</summary>
internal static class OperatorLog
{
    public static ILoggerFactory Create(LogLevel level) => LoggerFactory.Create(logging =>
    {
        logging.Services.AddSingleton(TimeProvider.System);
        logging.SetMinimumLevel(level)
            .AddConsole(console =>
            {
                console.FormatterName = OperatorLogFormatter.FormatterName;
                console.QueueFullMode = ConsoleLoggerQueueFullMode.DropWrite; // who reads no log does not stop the gateway
            })
            .AddConsoleFormatter<OperatorLogFormatter, ConsoleFormatterOptions>();
    });
}
