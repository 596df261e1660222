using Microsoft.Extensions.Logging;

namespace BridgeFramework.Testing;

/// <summary>One line of a log.</summary>
/// <param name="Level">How serious it is.</param>
/// <param name="EventId">The number of the event.</param>
/// <param name="Text">What it says.</param>
/// <param name="Exception">What was thrown, or <see langword="null"/>.</param>
public sealed record LogLine(LogLevel Level, int EventId, string Text, Exception? Exception)
{
    /// <inheritdoc/>
    public override string ToString() =>
        $"{Level} {EventId} {Text}{(Exception is null ? "" : $" [{Exception.GetType().Name}: {Exception.Message}]")}";
}
