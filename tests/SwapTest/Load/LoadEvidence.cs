using BridgeFramework.Processes;

namespace BridgeFramework.SwapTest;

/// <summary>The memory of the gateway after some swaps.</summary>
internal sealed record MemoryMark(int Swaps, double Megabytes);

/// <summary>What is known at the end of a run under load.</summary>
internal sealed record LoadEvidence
{
    public required IReadOnlyList<SwapRecord> Swaps { get; init; }
    public required IReadOnlyList<Stretch> Stretches { get; init; }
    public required IReadOnlyList<MemoryMark> Memory { get; init; }
    public required IReadOnlyList<SlotRun> Slots { get; init; }
    public required IReadOnlyList<LogLine> Log { get; init; }
    public required BookOfPlugins Book { get; init; }
    public required UplinkView Uplink { get; init; }

    /// <summary>The numbers of each sub-device that counts.</summary>
    public required IReadOnlyDictionary<string, IReadOnlyList<Sighting>> Numbers { get; init; }

    /// <summary>Where the counts stood at the end, by the stores of the channels.</summary>
    public required IReadOnlyDictionary<string, long> Stored { get; init; }
}
