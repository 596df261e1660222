using Microsoft.Extensions.Logging;

namespace BridgeFramework.Logging;

/// <summary>What a log line is about and whom: the lines of one source share a budget.</summary>
/// <param name="Category">Who logs it.</param>
/// <param name="Level">How serious it is: an error is not withheld because of what was only told.</param>
/// <param name="Event">Its event id; 0 where it has none, and then <paramref name="Text"/> tells it from others.</param>
/// <param name="Text">Its text before values are put in, where it has no event id; else empty.</param>
/// <param name="Name">The device, channel or topic that it names; empty where it names none.</param>
internal readonly record struct LogSource(string Category, LogLevel Level, int Event, string Text, string Name)
{
    private const int MaxNameLength = 128; // of a topic, and no device has a longer name

    /// <summary>The values that say whom a line is about, the closest first.</summary>
    private static readonly string[] Naming =
    [
        "Device", "Operation", "Lane", "Topic", "TopicFilter", "Channel", "Plugin", "Entry", "Failure", "Damage", "Endpoint", "Gateway",
    ];

    /// <param name="category">Who logs it.</param>
    /// <param name="level">How serious it is.</param>
    /// <param name="eventId">Its event id.</param>
    /// <param name="state">The values in it, in the form of this framework's log messages; something else names nobody.</param>
    public static LogSource Of<TState>(string category, LogLevel level, int eventId, TState state) =>
        LogValues<TState>.Source(category, level, eventId, state);

    /// <summary>The same for values that are known to be such.</summary>
    internal static LogSource OfValues<TState>(string category, LogLevel level, int eventId, TState values)
        where TState : IReadOnlyList<KeyValuePair<string, object?>>
    {
        int count = values.Count;
        // Without values a text may have been put together by who logs it, and be another each time.
        string text = eventId == 0 && count > 1 ? values[count - 1].Value?.ToString() ?? "" : "";
        var (closest, named) = (Naming.Length, (object?)null);
        for (int i = 0; i < count && closest > 0; i++)
        {
            var (key, value) = values[i];
            int rank = Array.IndexOf(Naming, key, 0, closest);
            if (rank >= 0) (closest, named) = (rank, value);
        }

        return new LogSource(category, level, eventId, text, Short(named));
    }

    /// <summary>All sources of this event together.</summary>
    public LogSource Rest => new(Category, Level, Event, "", "");

    private static string Short(object? value)
    {
        string name = value?.ToString() ?? "";
        return name.Length > MaxNameLength ? name[..MaxNameLength] : name;
    }
}
