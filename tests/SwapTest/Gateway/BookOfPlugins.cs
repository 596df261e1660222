using System.Text.Json;
using System.Text.Json.Serialization;
using BridgeFramework.Processes;

namespace BridgeFramework.SwapTest;

/// <summary>The gateway's <c>data/plugins.json</c>, as far as it is looked at.</summary>
internal sealed record BookOfPlugins(IReadOnlyList<BookedPlugin> Plugins, IReadOnlyList<BookedQuarantine> Quarantine)
{
    [JsonIgnore]
    public BookedPlugin? Ticker => Plugins.FirstOrDefault(plugin => string.Equals(plugin.Id, TickerVersion.Id, StringComparison.Ordinal));

    /// <summary>Reads it.</summary>
    /// <exception cref="TestRunException">It cannot be read.</exception>
    public static BookOfPlugins Read(SwapScene scene)
    {
        string file = Path.Combine(scene.DataFolder, "plugins.json");
        if (!File.Exists(file)) return new BookOfPlugins([], []);
        byte[] bytes = File.ReadAllBytes(file);
        try
        {
            return JsonSerializer.Deserialize<BookOfPlugins>(bytes, JsonSerializerOptions.Web) ?? throw new JsonException("null");
        }
        catch (JsonException exception)
        {
            throw new TestRunException($"data/plugins.json cannot be read: {exception.Message}", exception);
        }
    }

    /// <summary>Why a version is in quarantine; <see langword="null"/> if it is not.</summary>
    public string? ReasonFor(string version) =>
        Quarantine.LastOrDefault(entry => string.Equals(entry.Version.Version, version, StringComparison.Ordinal))?.Reason;
}

internal sealed record BookedPlugin(string Id, string Entry, BookedVersion? Current, BookedVersion? Previous, BookedTrial? Trial)
{
    /// <summary>The copies that it needs, by the names of their folders.</summary>
    [JsonIgnore]
    public IReadOnlyList<string> Copies => [.. new[] { Current, Previous, Trial?.Candidate }.OfType<BookedVersion>()
        .Select(version => version.Digest[..32]).Distinct(StringComparer.Ordinal)];
}

internal sealed record BookedVersion(string Version, string Digest);

internal sealed record BookedTrial(BookedVersion Candidate, IReadOnlyList<string> Channels);

internal sealed record BookedQuarantine(string Id, BookedVersion Version, string Reason);
