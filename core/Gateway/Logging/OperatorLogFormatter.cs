using System.Globalization;
using BridgeFramework.Printing;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;

namespace BridgeFramework.Gateway;

/// <summary>One line for each event: time with its offset from UTC, level, who, what.
/// A stack trace only where somebody must look into the code.</summary>
internal sealed class OperatorLogFormatter(TimeProvider time) : ConsoleFormatter(FormatterName)
{
    public const string FormatterName = "operator";
    private const int Longest = 4096;

    public override void Write<TState>(in LogEntry<TState> logEntry, IExternalScopeProvider? scopeProvider, TextWriter textWriter)
    {
        string message = logEntry.Formatter(logEntry.State, logEntry.Exception);
        string who = logEntry.Category[(logEntry.Category.LastIndexOf('.') + 1)..];
        string now = time.GetLocalNow().ToString("yyyy-MM-ddTHH:mm:ss.fffzzz", CultureInfo.InvariantCulture);
        textWriter.WriteLine(ForeignText.OneLine(Bounded($"{now} {NameOf(logEntry.LogLevel)} {who}: {message}")));
        if (logEntry.Exception is not { } exception) return;
        if (logEntry.LogLevel >= LogLevel.Error) textWriter.WriteLine(Indented(Bounded(exception.ToString())));
        else if (!message.Contains(exception.Message, StringComparison.Ordinal))
            textWriter.WriteLine(Indented(ForeignText.OneLine(Bounded($"{exception.GetType().Name}: {exception.Message}"))));
    }

    private static string NameOf(LogLevel level) => level switch
    {
        LogLevel.Critical or LogLevel.Error => "error",
        LogLevel.Warning => "warn ",
        LogLevel.Information => "info ",
        _ => "debug",
    };

    /// <summary>Whoever may say how often something is logged may not say how long it is either.</summary>
    private static string Bounded(string text) => text.Length <= Longest ? text
        : string.Create(CultureInfo.InvariantCulture, $"{text.AsSpan(0, Longest)}… ({text.Length - Longest} characters more)");

    /// <summary>Only the log's own lines begin without a blank: a message of several cannot pass for one of them.</summary>
    private static string Indented(string text) => $"  {ForeignText.Lines(text).Replace("\n", "\n  ", StringComparison.Ordinal)}";
}
