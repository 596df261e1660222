using System.Globalization;
using Microsoft.Extensions.Logging;

namespace BridgeFramework.Logging;

/// <summary>What one source has written in its period, and what was withheld of it.</summary>
/// <param name="logger">Where the count is written.</param>
/// <param name="level">As what.</param>
/// <param name="eventId">As which event.</param>
/// <param name="begunAt">When the period began, as <see cref="TimeProvider.GetTimestamp"/> counts.</param>
internal sealed class LogAccount(ILogger logger, LogLevel level, EventId eventId, long begunAt)
{
    private const int MaxTextLength = 300;
    private const string Format = "… and {Count} more within {Seconds} s; the first of them: {First}";

    public long BegunAt => begunAt;
    public int Written { get; set; }
    public long Withheld { get; set; }

    /// <summary>The text of the first line that was withheld.</summary>
    public string First
    {
        private get;
        set => field = value.Length > MaxTextLength ? value[..MaxTextLength] + "…" : value;
    } = "";

    /// <summary>Tells what was withheld.</summary>
    /// <param name="within">In which time.</param>
    public void Tell(TimeSpan within)
    {
        long seconds = (long)Math.Ceiling(within.TotalSeconds);
        KeyValuePair<string, object?>[] state =
            [new("Count", Withheld), new("Seconds", seconds), new("First", First), new("{OriginalFormat}", Format)];
        string text = string.Create(
            CultureInfo.InvariantCulture, $"… and {Withheld} more within {seconds} s; the first of them: {First}");
        logger.Log(level, eventId, state, exception: null, (_, _) => text);
    }
}
