using System.Globalization;
using System.Text;
using BridgeFramework.Files;

namespace BridgeFramework.Gateway;

/// <summary>What Linux tells of a process below <c>/proc</c>.</summary>
/// <remarks>Source: proc_pid_stat(5), fields 2, 14 and 15; proc_pid_limits(5). USER_HZ is 100 on every Linux that .NET runs on.</remarks>
internal static class ProcessFiles
{
    private const string Self = "/proc/self";
    private const int MaxLength = 16 * 1024;
    private const int TicksPerSecond = 100;
    private const int UserField = 11; // counted from what follows the name, which may hold spaces
    private const int SystemField = 12;
    private const int MostThreads = 4096;
    private const string DescriptorLine = "Max open files";

    /// <summary>The threads of this process by their names.</summary>
    public static IReadOnlyDictionary<string, ThreadGroup> Threads()
    {
        var groups = new Dictionary<string, ThreadGroup>(StringComparer.Ordinal);
        foreach (string id in LocalDisk.Instance.Names($"{Self}/task").Take(MostThreads))
        {
            if (TryRead($"{Self}/task/{id}/stat") is not { } stat || ParseThread(stat) is not var (name, time)) continue;
            var group = groups.GetValueOrDefault(name) ?? new ThreadGroup(0, TimeSpan.Zero);
            groups[name] = new ThreadGroup(group.Count + 1, group.ProcessorTime + time);
        }

        return groups;
    }

    /// <summary>How many descriptors are open.</summary>
    public static int CountDescriptors() => LocalDisk.Instance.Names($"{Self}/fd").Count();

    /// <summary>How many there may be.</summary>
    public static int? DescriptorLimit() => TryRead($"{Self}/limits") is { } limits ? ParseLimit(limits) : null;

    /// <summary>Reads the line of a thread.</summary>
    internal static (string Name, TimeSpan Time)? ParseThread(string stat)
    {
        int open = stat.IndexOf('('), close = stat.LastIndexOf(')');
        if (open < 0 || close < open) return null;
        string[] fields = stat[(close + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (fields.Length <= SystemField || Number(fields[UserField]) is not { } user || Number(fields[SystemField]) is not { } system)
            return null;
        return (stat[(open + 1)..close], TimeSpan.FromSeconds((double)(user + system) / TicksPerSecond));
    }

    /// <summary>Reads the soft limit of open files.</summary>
    internal static int? ParseLimit(string limits)
    {
        foreach (string line in limits.Split('\n'))
        {
            if (!line.StartsWith(DescriptorLine, StringComparison.Ordinal)) continue;
            string[] fields = line[DescriptorLine.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
            return fields.Length > 0 && Number(fields[0]) is { } limit and <= int.MaxValue ? (int)limit : null;
        }

        return null;
    }

    private static long? Number(string field) =>
        long.TryParse(field, NumberStyles.None, CultureInfo.InvariantCulture, out long number) ? number : null;

    private static string? TryRead(string path)
    {
        try
        {
            return Encoding.UTF8.GetString(NamedFile.Read(path, MaxLength));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null; // the thread has ended, or no descriptor is left to read it with
        }
    }
}
