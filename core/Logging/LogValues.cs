using System.Reflection;
using Microsoft.Extensions.Logging;

namespace BridgeFramework.Logging;

/// <summary>How the values of one kind of log message are read. Most kinds are structures, and a line that is withheld should cost no
/// object for the look into it.</summary>
internal static class LogValues<TState>
{
    /// <summary>Says what a line is about.</summary>
    public static Reader Source { get; } = typeof(TState).IsValueType && typeof(IReadOnlyList<KeyValuePair<string, object?>>)
        .IsAssignableFrom(typeof(TState))
        ? Method().MakeGenericMethod(typeof(TState)).CreateDelegate<Reader>()
        : Boxed;

    public delegate LogSource Reader(string category, LogLevel level, int eventId, TState state);

    private static MethodInfo Method() =>
        typeof(LogSource).GetMethod(nameof(LogSource.OfValues), BindingFlags.Static | BindingFlags.NonPublic)!; // ! it is named there

    private static LogSource Boxed(string category, LogLevel level, int eventId, TState state) =>
        state is IReadOnlyList<KeyValuePair<string, object?>> values
            ? LogSource.OfValues(category, level, eventId, values)
            : new LogSource(category, level, eventId, "", "");
}
