namespace BridgeFramework.Gateway;

/// <summary>What the process has of the machine: all plugins and the gateway together.</summary>
internal sealed record ProcessStatus
{
    /// <summary>How many processors it may use.</summary>
    public required int Processors { get; init; }

    /// <summary>How many it has kept busy over the last minute.</summary>
    public required double ProcessorsUsed { get; init; }

    /// <summary>Over which time, where that is not a minute.</summary>
    public required TimeSpan Over { get; init; }

    /// <summary>Which threads have, by their names.</summary>
    public required IReadOnlyList<BusyThreads> Busiest { get; init; }

    public required int Threads { get; init; }
    public required int ThreadsAtStart { get; init; }
    public int? Descriptors { get; init; }
    public int? DescriptorsAtStart { get; init; }
    public int? DescriptorLimit { get; init; }
    public required long ResidentBytes { get; init; }
    public required long HeapBytes { get; init; }

    /// <summary>How many plugins have their code in memory.</summary>
    public required int LoadContexts { get; init; }

    /// <summary>What of it is more than it should be.</summary>
    public required IReadOnlyList<ProcessProblem> Problems { get; init; }
}

/// <summary>Threads of one name, and how many processors they have kept busy.</summary>
internal sealed record BusyThreads(string Name, int Count, double Processors);

/// <summary>Something of the process that is more than it should be.</summary>
/// <param name="What">A clause without a full stop.</param>
/// <param name="Remedy">An imperative clause without a full stop.</param>
internal sealed record ProcessProblem(string What, string Remedy);
