using System.Text.Json.Serialization;
using BridgeFramework.Files;

namespace BridgeFramework.Runtime;

/// <summary>One build of a plugin.</summary>
/// <param name="Version">Its version.</param>
/// <param name="Digest">The digest of its manifest, which covers every file.</param>
internal sealed record PluginVersion(string Version, string Digest);

/// <summary>A version that is being tried. A gateway that finds this when it starts knows that it died meanwhile.</summary>
/// <param name="Candidate">The version.</param>
/// <param name="Channels">The channels whose store was saved before it took over; none before that is so.</param>
internal sealed record PluginTrial(PluginVersion Candidate, IReadOnlyList<string> Channels);

/// <summary>What is known of one plugin over restarts.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Entry">Its name in the drop folder.</param>
/// <param name="Current">The version in force; <see langword="null"/> before the first has been loaded.</param>
/// <param name="Previous">The one before, to go back to.</param>
/// <param name="Trial">The one that is being tried.</param>
/// <param name="Deaths">How often a gateway has ended while it loaded the first version.</param>
internal sealed record PluginRecord(
    string Id, string Entry, PluginVersion? Current, PluginVersion? Previous = null, PluginTrial? Trial = null, int Deaths = 0)
{
    /// <summary>What of it becomes a part of a path.</summary>
    [JsonIgnore]
    public IEnumerable<string> Names => [Id, Entry, .. new[] { Current, Previous, Trial?.Candidate }.OfType<PluginVersion>()
        .Select(version => version.Digest), .. Trial?.Channels ?? []];
}

/// <summary>A version that is not loaded again by itself.</summary>
/// <param name="Id">Its plugin.</param>
/// <param name="Version">The version.</param>
/// <param name="Reason">Why: a clause without a full stop.</param>
/// <param name="At">Since when.</param>
internal sealed record QuarantinedPlugin(string Id, PluginVersion Version, string Reason, DateTimeOffset At);

/// <summary>All of it.</summary>
/// <param name="Plugins">The plugins.</param>
/// <param name="Quarantine">What is in quarantine, the latest last.</param>
internal sealed record PluginRecords(IReadOnlyList<PluginRecord> Plugins, IReadOnlyList<QuarantinedPlugin> Quarantine)
{
    private const int MaxQuarantined = 100;

    public static PluginRecords None { get; } = new([], []);

    /// <summary>What becomes a part of a path, and must not lead elsewhere: ids, entries, digests and
    /// channels. The first that may; null where none does.</summary>
    public string? FindBadName() => Plugins.SelectMany(plugin => plugin.Names).Concat(Quarantine.Select(version => version.Version.Digest))
        .FirstOrDefault(name => !PathSegment.IsValid(name));

    public PluginRecord? Find(string id) => Plugins.FirstOrDefault(plugin => string.Equals(plugin.Id, id, StringComparison.Ordinal));

    public QuarantinedPlugin? FindQuarantined(string digest) =>
        Quarantine.FirstOrDefault(version => string.Equals(version.Version.Digest, digest, StringComparison.Ordinal));

    public PluginRecords With(PluginRecord plugin) =>
        this with { Plugins = [.. Plugins.Where(other => !string.Equals(other.Id, plugin.Id, StringComparison.Ordinal)), plugin] };

    public PluginRecords Without(string id) =>
        this with { Plugins = [.. Plugins.Where(other => !string.Equals(other.Id, id, StringComparison.Ordinal))] };

    public PluginRecords WithQuarantined(QuarantinedPlugin version) =>
        this with { Quarantine = [.. WithoutQuarantined(version.Version.Digest).Quarantine.TakeLast(MaxQuarantined - 1), version] };

    /// <summary>A version that the process ended of goes into quarantine. Where it is in force, the one before comes back.</summary>
    public PluginRecords WithDeadly(QuarantinedPlugin deadly)
    {
        var records = WithQuarantined(deadly);
        if (Find(deadly.Id) is not { Current: { } current } record || current.Digest != deadly.Version.Digest) return records;
        var before = record.Previous is { } previous && records.FindQuarantined(previous.Digest) is null ? previous : null;
        return records.With(record with { Current = before, Previous = null });
    }

    public PluginRecords WithoutQuarantined(string digest) =>
        this with { Quarantine = [.. Quarantine.Where(other => !string.Equals(other.Version.Digest, digest, StringComparison.Ordinal))] };
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true,
    RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(PluginRecords))]
internal sealed partial class PluginRecordsJson : JsonSerializerContext;
