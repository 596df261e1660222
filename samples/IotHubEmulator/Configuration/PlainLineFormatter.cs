using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;

namespace BridgeFramework.IotHubEmulator;

/// <summary>Writes a log entry as time and text, for a person who watches.</summary>
internal sealed class PlainLineFormatter(TimeProvider time) : ConsoleFormatter(FormatterName)
{
    public const string FormatterName = "plain";

    public override void Write<TState>(in LogEntry<TState> logEntry, IExternalScopeProvider? scopeProvider, TextWriter textWriter)
    {
        string mark = logEntry.LogLevel >= LogLevel.Warning ? "! " : "";
        textWriter.WriteLine($"{time.GetLocalNow():HH:mm:ss} {mark}{logEntry.Formatter(logEntry.State, logEntry.Exception)}");
        if (logEntry.Exception is { } exception) textWriter.WriteLine(exception);
    }
}
