namespace BridgeFramework.Gateway.Tests;

/// <summary>How each row of the table is tried: by a fixture in a gateway of its own, or by the tests that are named.</summary>
internal static class BadPluginCases
{
    /// <summary>Until a call that does not return is a problem, or a flood is one, 10 s pass.</summary>
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(14);
    private static readonly TimeSpan Short = TimeSpan.FromSeconds(2);

    /// <summary>Begun, told to end, and not ended 10 s later.</summary>
    private static readonly TimeSpan Lost = TimeSpan.FromSeconds(16);

    /// <summary>Looked for every 10 s, and told when none has run for 10 s.</summary>
    private static readonly TimeSpan Finalizers = TimeSpan.FromSeconds(35);

    /// <summary>The rows that a fixture tries.</summary>
    public static IReadOnlyDictionary<string, Case> Tried { get; } = new Dictionary<string, Case>(StringComparer.Ordinal)
    {
        ["Its constructor or `Configure` throws"] = new(Short, "configure throws"),
        ["A driver throws in `RunAsync`"] = new(Short, "throws at once"),
        ["A thread, a pool item or an `async void` method of it throws"] =
            new(Short, "thread throws", "pool throws", "async void throws"),
        ["A driver does not end when it is told to"] = new(Lost, "does not end"),
        ["`RunAsync` blocks or computes before its first `await`, or another call into the driver does not return"] =
            new(Long, "blocks while it serves", "spins while it serves"),
        ["It reports without end"] = new(Long, "floods"),
        ["It tells of events, presence, versions, discovered devices or writes log lines without end"] =
            new(Long, "floods with all but reports"),
        ["It reports a value of a megabyte"] = new(Short, "reports too much"),
        ["It writes to the console without end"] = new(Short, "floods the console"),
        ["It opens files or sockets and closes none"] = new(Short, "leaks descriptors"),
        ["It computes without end on many threads"] = new(Short, "spins on 32 threads"),
        ["It changes the working directory, the environment, the culture, the console or the settings of the collector, or has a "
            + "handler at exit that never ends"] = new(Short, "changes what all share"),
        ["It changes the umask"] = new(Short, "changes the umask"),
        ["It closes the standard input and output"] = new(Short, "closes the standard descriptors"),
        ["A finalizer of it never ends"] = new(Finalizers, "blocks the finalizers"),
        ["`Environment.FailFast`"] = new(TimeSpan.Zero, "fails fast later"),
        ["A stack overflow, or a crash in native code"] = new(TimeSpan.Zero, "overflows the stack"),
        ["It reads secrets from the environment or from files, opens sockets, listens"] = new(Short, "looks around"),
    };

    /// <summary>The rows that other tests try, and those.</summary>
    public static IReadOnlyDictionary<string, string> Elsewhere { get; } = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["Its folder is damaged, changed or incomplete"] = "BadPluginTests",
        ["Its `Configure` takes long, or never returns"] = "SlowPluginTests",
        ["It leaves a thread that never ends at the stop"] = nameof(HostilePluginTests),
        ["It blocks up to 256 threads of the pool"] = nameof(HostilePluginTests),
        ["It lowers the number of threads (`SetMinThreads`, `SetMaxThreads`)"] = nameof(HostilePluginTests),
        ["It blocks more than that, or all of them for good"] = nameof(HostilePluginTests),
        ["It calls `Environment.Exit`, with 0 too"] = nameof(HostilePluginTests),
        ["It wants all unhandled exceptions of the process (`SetUnhandledExceptionHandler`)"] = nameof(HostilePluginTests),
        ["It takes memory without end"] = "by nobody: it would take that of the machine which runs the tests",
    };

    /// <summary>One row.</summary>
    /// <param name="After">How long after its neighbour serves it is looked at; zero where the process does not live so long.</param>
    /// <param name="Behaviours">What the fixture does, one after another, each in a process of its own.</param>
    internal sealed record Case(TimeSpan After, params IReadOnlyList<string> Behaviours);
}
