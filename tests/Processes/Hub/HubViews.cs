using System.Text.Json.Serialization;

namespace BridgeFramework.Processes;

// What the hub tells over HTTP, as samples/IotHubEmulator/README.md has it. What is not named here is not needed.
public sealed record MessageView(long Sequence, DateTimeOffset Time, string ProductId, string DeviceName, string? Text);

public sealed record DeviceView(string ProductId, string DeviceName, bool Connected);

public sealed record UplinkView(LaneCounts Total, long Foreign, IReadOnlyList<UplinkDeviceView> Devices);

public sealed record UplinkDeviceView(
    string ProductId, string DeviceName, IReadOnlyList<LaneView> Lanes, long Foreign, string? ForeignReason)
{
    [JsonIgnore]
    public string Id => $"{ProductId}/{DeviceName}";
}

public sealed record LaneView(string Lane, long First, long Last, LaneCounts Counts, IReadOnlyList<IReadOnlyList<long>> Gaps,
    IReadOnlyList<ConflictView> ConflictsFound)
{
    /// <summary>The numbers that never came, those before the first one too: a lane begins with 1.</summary>
    [JsonIgnore]
    public long Missing => Counts.Missing + First - 1;

    /// <summary>Ranges of them, for messages.</summary>
    [JsonIgnore]
    public IEnumerable<(long First, long Last)> MissingRanges =>
        (First > 1 ? [(1, First - 1)] : Array.Empty<(long, long)>()).Concat(Gaps.Select(gap => (gap[0], gap[1])));
}

public sealed record LaneCounts(
    long Samples, long Repeated, long NotCompared, long Conflicts, long OutOfOrder, long Missing, long Messages, long Plain, long Compact,
        long Events);

public sealed record ConflictView(long Number, long Message, long EarlierMessage, string Sample);
