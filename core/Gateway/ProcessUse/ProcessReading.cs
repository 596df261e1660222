namespace BridgeFramework.Gateway;

/// <summary>What the process has of the machine at one moment, all plugins and the gateway together.</summary>
internal sealed record ProcessReading
{
    /// <summary>When, as <see cref="TimeProvider.GetTimestamp"/> counts.</summary>
    public required long At { get; init; }

    /// <summary>How many processors it may use.</summary>
    public required int Processors { get; init; }

    public required TimeSpan ProcessorTime { get; init; }

    /// <summary>Its threads by their names. Who begins a thread may name it; one without a name bears that of the thread which began
    /// it.</summary>
    public required IReadOnlyDictionary<string, ThreadGroup> Threads { get; init; }

    /// <summary>Open descriptors: files, sockets, pipes; <see langword="null"/> where the system does not say.</summary>
    public int? Descriptors { get; init; }

    /// <summary>How many there may be.</summary>
    public int? DescriptorLimit { get; init; }

    public required long ResidentBytes { get; init; }

    /// <summary>What the heap that is collected has of it, garbage included.</summary>
    public required long HeapBytes { get; init; }

    /// <summary>How many plugins have their code in memory, those that were let go of and have not left yet, too.</summary>
    public required int LoadContexts { get; init; }

    /// <summary>For how long no finalizer has run that had to; <see langword="null"/> where they do.</summary>
    public TimeSpan? FinalizersBlocked { get; init; }
}

/// <summary>Threads of one name.</summary>
/// <param name="Count">How many.</param>
/// <param name="ProcessorTime">What those that live have had.</param>
internal sealed record ThreadGroup(int Count, TimeSpan ProcessorTime);
