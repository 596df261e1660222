using System.Globalization;
using System.Text;
using BridgeFramework.Files;

namespace BridgeFramework.Plugins;

/// <summary>The processor time that one thread has had, for other threads to read. Linux says it; elsewhere nobody knows.</summary>
/// <remarks>Source: proc_pid_stat(5), fields 14 and 15, in ticks of which every Linux that .NET runs on has 100 a second
/// (USER_HZ).</remarks>
internal sealed class ThreadClock
{
    private const int MaxLength = 4096;
    private const int TicksPerSecond = 100;
    private const int UserField = 11; // counted from what follows the name, which may hold spaces
    private const int SystemField = 12;

    private volatile string? _stat;

    /// <summary>The calling thread is the one to measure.</summary>
    public void Begin()
    {
        try
        {
            if (OperatingSystem.IsLinux() && new FileInfo("/proc/thread-self").LinkTarget is { } target) _stat = $"/proc/{target}/stat";
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Then it is not known.
        }
    }

    /// <summary>What it has had so far; <see langword="null"/> where that cannot be said, as before it has begun.</summary>
    public TimeSpan? ProcessorTime
    {
        get
        {
            if (_stat is not { } path) return null;
            try
            {
                return Parse(Encoding.UTF8.GetString(NamedFile.Read(path, MaxLength)));
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                return null; // it has ended
            }
        }
    }

    /// <summary>Reads the line of <c>/proc/…/stat</c>.</summary>
    internal static TimeSpan? Parse(string stat)
    {
        string[] fields = stat[(stat.LastIndexOf(')') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return fields.Length > SystemField && Ticks(fields[UserField]) is { } user && Ticks(fields[SystemField]) is { } system
            ? TimeSpan.FromSeconds((double)(user + system) / TicksPerSecond)
            : null;
    }

    private static long? Ticks(string field) =>
        long.TryParse(field, NumberStyles.None, CultureInfo.InvariantCulture, out long ticks) ? ticks : null;
}
