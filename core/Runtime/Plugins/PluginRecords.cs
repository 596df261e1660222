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
internal sealed record PluginRecord(
    string Id, string Entry, PluginVersion? Current, PluginVersion? Previous = null, PluginTrial? Trial = null)
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
/// <param name="IsNameless">Whether it was found by leaving others out, and nobody has seen it do it.</param>
internal sealed record QuarantinedPlugin(string Id, PluginVersion Version, string Reason, DateTimeOffset At, bool IsNameless = false);

/// <summary>All of it.</summary>
/// <param name="Plugins">The plugins.</param>
/// <param name="Quarantine">What is in quarantine, the latest last.</param>
/// <param name="Suspects">What of <see cref="Search"/> is written down.</param>
/// <param name="Proven">The digests of the versions that are proven, of those that are kept.</param>
/// <param name="JudgedRun">The last run whose end has been judged: none is judged twice.</param>
internal sealed record PluginRecords(
    IReadOnlyList<PluginRecord> Plugins,
    IReadOnlyList<QuarantinedPlugin> Quarantine,
    IReadOnlyList<Suspect>? Suspects = null,
    IReadOnlyList<string>? Proven = null,
    string? JudgedRun = null)
{
    private const int MaxQuarantined = 100;

    public static PluginRecords None { get; } = new([], []);

    /// <summary>What becomes a part of a path, and must not lead elsewhere: ids, entries, digests and
    /// channels. The first that may; null where none does.</summary>
    public string? FindBadName() => Plugins.SelectMany(plugin => plugin.Names).Concat(Quarantine.Select(version => version.Version.Digest))
        .Concat(Search.Suspects.SelectMany(suspect => new[] { suspect.Id, suspect.Entry, suspect.Version.Digest }))
        .FirstOrDefault(name => !PathSegment.IsValid(name));

    /// <summary>Whether null stands in one of the lists: the serializer looks at members, not at what is in lists.</summary>
    [JsonIgnore]
    public bool HasNull => Plugins.Any(plugin => plugin is null) || Quarantine.Any(version => version is null)
        || Suspects?.Any(suspect => suspect is null) == true || Proven?.Any(digest => digest is null) == true;

    /// <summary>The search for what the process dies of.</summary>
    [JsonIgnore]
    public DeathSearch Search => Suspects is null ? DeathSearch.None : new DeathSearch(Suspects);

    public PluginRecord? Find(string id) => Plugins.FirstOrDefault(plugin => string.Equals(plugin.Id, id, StringComparison.Ordinal));

    /// <summary>The entry of the drop folder that a plugin came with, whether it is loaded or not.</summary>
    public string? EntryOf(string id) =>
        Find(id)?.Entry ?? Search.Suspects.FirstOrDefault(suspect => string.Equals(suspect.Id, id, StringComparison.Ordinal))?.Entry;

    public QuarantinedPlugin? FindQuarantined(string digest) =>
        Quarantine.FirstOrDefault(version => string.Equals(version.Version.Digest, digest, StringComparison.Ordinal));

    public PluginRecords With(PluginRecord plugin) =>
        this with { Plugins = [.. Plugins.Where(other => !string.Equals(other.Id, plugin.Id, StringComparison.Ordinal)), plugin] };

    public PluginRecords With(DeathSearch search) => this with { Suspects = search.Suspects };

    public bool IsProven(PluginVersion version) => Proven?.Contains(version.Digest, StringComparer.Ordinal) == true;

    /// <summary>A version has served for long enough. What is not kept any more is forgotten.</summary>
    public PluginRecords WithProven(PluginVersion version)
    {
        var kept = Plugins.SelectMany(plugin => new[] { plugin.Current, plugin.Previous }).OfType<PluginVersion>()
            .Select(each => each.Digest).ToHashSet(StringComparer.Ordinal);
        return With(Search.Without(version.Digest)) with
        {
            Proven = [.. (Proven ?? []).Append(version.Digest).Distinct(StringComparer.Ordinal).Where(kept.Contains)],
        };
    }

    public PluginRecords Without(string id) =>
        this with { Plugins = [.. Plugins.Where(other => !string.Equals(other.Id, id, StringComparison.Ordinal))] };

    public PluginRecords WithQuarantined(QuarantinedPlugin version) =>
        this with { Quarantine = [.. WithoutQuarantined(version.Version.Digest).Quarantine.TakeLast(MaxQuarantined - 1), version] };

    /// <summary>A version that the process ended of goes into quarantine. Where it is in force, the one before comes back.</summary>
    public PluginRecords WithDeadly(QuarantinedPlugin deadly)
    {
        var records = WithQuarantined(deadly).With(Search.Without(deadly.Version.Digest));
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
