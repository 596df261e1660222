using System.Globalization;

namespace BridgeFramework.Gateway;

/// <summary>Says what of the process's use of the machine is more than it should be. Pure logic.</summary>
/// <remarks>Threads, descriptors and processor time are the process's: which plugin has them is not known. What is known is said, the
/// names of the threads.</remarks>
internal static class ProcessJudge
{
    private const int MostNamed = 3;

    /// <summary>Of all processors, over a minute.</summary>
    private const double MostProcessors = 0.95;
    private const double MostDescriptors = 0.8; // of what there may be
    private const int MoreDescriptors = 512;
    private const int DescriptorsOfChannel = 8;

    /// <summary>The pool is let have 256 where plugins block it.</summary>
    private const int MostThreads = 400;
    private static readonly TimeSpan LongestFinalizer = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Least = TimeSpan.FromSeconds(50);

    /// <summary>Judges.</summary>
    /// <param name="first">As it was at the start.</param>
    /// <param name="before">As it was a minute ago, or at the start.</param>
    /// <param name="now">As it is.</param>
    /// <param name="passed">The time since <paramref name="before"/>.</param>
    /// <param name="channels">How many channels there are.</param>
    public static ProcessStatus Judge(ProcessReading first, ProcessReading before, ProcessReading now, TimeSpan passed, int channels)
    {
        double used = passed > TimeSpan.Zero ? (now.ProcessorTime - before.ProcessorTime) / passed : 0;
        var busiest = BusiestOf(before, now, passed);
        int threads = CountOf(now);
        List<ProcessProblem> problems = [];
        if (passed >= Least && used >= MostProcessors * now.Processors)
            problems.Add(new(
                Text($"the process has kept {used:0.0} of {now.Processors} processors busy for {passed.TotalSeconds:0} s, ")
                    + $"most of it {Named(busiest)}",
                "find the plugin by taking out one after another: which of them computes is not known"));
        if (threads > MostThreads)
            problems.Add(new(
                Text($"the process has {threads} threads, {CountOf(first)} at the start; most are {MostOf(now)}"),
                "find the plugin by taking out one after another; a restart of the gateway ends them"));
        if (now.Descriptors is { } open && IsTooMany(open, first.Descriptors ?? 0, now.DescriptorLimit, channels))
            problems.Add(new(
                Text($"the process has {open} descriptors open of {now.DescriptorLimit}, {first.Descriptors} at the start: ")
                    + "files or sockets are not closed",
                "find the plugin by taking out one after another; a restart of the gateway closes them"));
        if (now.FinalizersBlocked is { } blocked && blocked >= LongestFinalizer)
            problems.Add(new(
                Text($"no finalizer of the process has run for {blocked.TotalSeconds:0} s: one of a plugin does not end, ")
                    + "and what is not disposed stays",
                "find the plugin by taking out one after another; a restart of the gateway frees what stays"));
        return new ProcessStatus
        {
            Processors = now.Processors,
            ProcessorsUsed = Math.Round(used, 2),
            Over = passed,
            Busiest = busiest,
            Threads = threads,
            ThreadsAtStart = CountOf(first),
            Descriptors = now.Descriptors,
            DescriptorsAtStart = first.Descriptors,
            DescriptorLimit = now.DescriptorLimit,
            ResidentBytes = now.ResidentBytes,
            HeapBytes = now.HeapBytes,
            LoadContexts = now.LoadContexts,
            Problems = problems,
        };
    }

    private static bool IsTooMany(int open, int atStart, int? limit, int channels) =>
        open > MostDescriptors * (limit ?? int.MaxValue) || open - atStart > MoreDescriptors + DescriptorsOfChannel * channels;

    private static IReadOnlyList<BusyThreads> BusiestOf(ProcessReading before, ProcessReading now, TimeSpan passed)
    {
        if (passed <= TimeSpan.Zero) return [];
        // Of threads that have ended meanwhile the time is gone.
        var groups = now.Threads.Select(group => new BusyThreads(
            group.Key, group.Value.Count,
            Math.Round(Math.Max(0, (group.Value.ProcessorTime - TimeOf(before, group.Key)) / passed), 2)));
        return [.. groups.Where(group => group.Processors > 0).OrderByDescending(group => group.Processors).Take(MostNamed)];
    }

    private static TimeSpan TimeOf(ProcessReading reading, string name) =>
        reading.Threads.GetValueOrDefault(name)?.ProcessorTime ?? TimeSpan.Zero;

    private static int CountOf(ProcessReading reading) => reading.Threads.Values.Sum(group => group.Count);

    private static string MostOf(ProcessReading reading)
    {
        var (name, group) = reading.Threads.MaxBy(each => each.Value.Count);
        return Text($"{group.Count} named '{name}'");
    }

    private static string Named(IReadOnlyList<BusyThreads> busiest) => busiest.Count == 0
        ? "threads that have ended"
        : string.Join(", ", busiest.Select(group => Text($"{group.Count} threads named '{group.Name}' ({group.Processors:0.0})")));

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
