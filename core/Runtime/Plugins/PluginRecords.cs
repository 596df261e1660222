using System.Text.Json.Serialization;

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
internal sealed record PluginRecord(string Id, string Entry, PluginVersion? Current, PluginVersion? Previous = null, PluginTrial? Trial = null, int Deaths = 0);

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

    public PluginRecord? Find(string id) => Plugins.FirstOrDefault(plugin => string.Equals(plugin.Id, id, StringComparison.Ordinal));

    public QuarantinedPlugin? FindQuarantined(string digest) =>
        Quarantine.FirstOrDefault(version => string.Equals(version.Version.Digest, digest, StringComparison.Ordinal));

    public PluginRecords With(PluginRecord plugin) => this with { Plugins = [.. Plugins.Where(other => !string.Equals(other.Id, plugin.Id, StringComparison.Ordinal)), plugin] };

    public PluginRecords Without(string id) => this with { Plugins = [.. Plugins.Where(other => !string.Equals(other.Id, id, StringComparison.Ordinal))] };

    public PluginRecords WithQuarantined(QuarantinedPlugin version) =>
        this with { Quarantine = [.. WithoutQuarantined(version.Version.Digest).Quarantine.TakeLast(MaxQuarantined - 1), version] };

    public PluginRecords WithoutQuarantined(string digest) =>
        this with { Quarantine = [.. Quarantine.Where(other => !string.Equals(other.Version.Digest, digest, StringComparison.Ordinal))] };
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(PluginRecords))]
internal sealed partial class PluginRecordsJson : JsonSerializerContext;
