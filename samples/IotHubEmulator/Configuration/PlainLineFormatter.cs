using System.Globalization;
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
        string message = Shown(logEntry.Formatter(logEntry.State, logEntry.Exception)).Replace('\n', ' ');
        textWriter.WriteLine($"{time.GetLocalNow():HH:mm:ss} {mark}{message}");
        if (logEntry.Exception is { } exception)
            textWriter.WriteLine($"  {Shown(exception.ToString()).Replace("\n", "\n  ", StringComparison.Ordinal)}");
    }

    /// <summary>What clients say, such as their names, does not steer the terminal.</summary>
    private static string Shown(string text) => string.Concat(text.Select(c => c is '\n' ? c : char.GetUnicodeCategory(c) switch
    {
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator => '?',
        _ => c,
    }));
}
