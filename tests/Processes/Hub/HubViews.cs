using System.Text.Json.Serialization;

namespace BridgeFramework.Processes;

// What the hub tells over HTTP, as samples/IotHubEmulator/README.md has it. What is not named here is not needed.
public sealed record MessageView(long Sequence, DateTimeOffset Time, string ProductId, string DeviceName, string? Text);

public sealed record DeviceView(string ProductId, string DeviceName, string Kind, bool Online, bool Connected)
{
    [JsonIgnore]
    public string Id => $"{ProductId}/{DeviceName}";
}

public sealed record TranscriptView(long Sequence, DateTimeOffset Time, string Direction, string Packet, string? Topic, string? Payload);

public sealed record UplinkView(LaneCounts Total, long Foreign, IReadOnlyList<UplinkDeviceView> Devices);

public sealed record UplinkDeviceView(
    string ProductId, string DeviceName, IReadOnlyList<LaneView> Lanes, long Foreign, string? ForeignReason)
{
    [JsonIgnore]
    public string Id => $"{ProductId}/{DeviceName}";
}

public sealed record LaneView(string Lane, LaneCounts Counts, IReadOnlyList<EpochView> Epochs)
{
    /// <summary>The numbers that never came, those before the first one too: the lane of a new gateway begins with 1.</summary>
    [JsonIgnore]
    public long Missing => Counts.Missing + Epochs[0].First - 1;

    /// <summary>Ranges of them, for messages.</summary>
    [JsonIgnore]
    public IEnumerable<(long First, long Last)> MissingRanges =>
        (Epochs[0].First > 1 ? [(1, Epochs[0].First - 1)] : Array.Empty<(long, long)>())
            .Concat(Epochs.SelectMany(epoch => epoch.Gaps).Select(gap => (gap[0], gap[1])));

    /// <summary>The conflicts of all epochs.</summary>
    [JsonIgnore]
    public IEnumerable<ConflictView> ConflictsFound => Epochs.SelectMany(epoch => epoch.ConflictsFound);

    /// <summary>Which numbers came in which epoch, for messages.</summary>
    [JsonIgnore]
    public string Numbers => string.Join(", ", Epochs.Select(epoch => $"{epoch.Epoch} {epoch.First}..{epoch.Last}"));
}

public sealed record EpochView(
    string Epoch, long First, long Last, IReadOnlyList<IReadOnlyList<long>> Gaps, IReadOnlyList<ConflictView> ConflictsFound);

public sealed record LaneCounts(
    long Samples, long Repeated, long NotCompared, long Conflicts, long OutOfOrder, long Missing, long Messages, long Plain, long Compact,
        long Events);

public sealed record ConflictView(long Number, long Message, long EarlierMessage, string Sample);
