using System.Globalization;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;

namespace BridgeFramework.Gateway;

/// <summary>One line for each event: time with its offset from UTC, level, who, what.
/// A stack trace only where somebody must look into the code.</summary>
internal sealed class OperatorLogFormatter(TimeProvider time) : ConsoleFormatter(FormatterName)
{
    public const string FormatterName = "operator";

    public override void Write<TState>(in LogEntry<TState> logEntry, IExternalScopeProvider? scopeProvider, TextWriter textWriter)
    {
        string message = logEntry.Formatter(logEntry.State, logEntry.Exception);
        string who = logEntry.Category[(logEntry.Category.LastIndexOf('.') + 1)..];
        string now = time.GetLocalNow().ToString("yyyy-MM-ddTHH:mm:ss.fffzzz", CultureInfo.InvariantCulture);
        textWriter.WriteLine($"{now} {NameOf(logEntry.LogLevel)} {who}: {OneLine(message)}");
        if (logEntry.Exception is not { } exception) return;
        if (logEntry.LogLevel >= LogLevel.Error) textWriter.WriteLine(exception);
        else if (!message.Contains(exception.Message, StringComparison.Ordinal))
            textWriter.WriteLine($"  {exception.GetType().Name}: {OneLine(exception.Message)}");
    }

    private static string NameOf(LogLevel level) => level switch
    {
        LogLevel.Critical or LogLevel.Error => "error",
        LogLevel.Warning => "warn ",
        LogLevel.Information => "info ",
        _ => "debug",
    };

    /// <summary>A text from the field or the cloud must neither break a line nor steer the terminal.</summary>
    private static string OneLine(string text) =>
        text.AsSpan().ContainsAnyInRange('\0', '\u001F') ? string.Concat(text.Select(c => char.IsControl(c) ? ' ' : c)) : text;
}
