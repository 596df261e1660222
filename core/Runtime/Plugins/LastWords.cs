using System.Text.Json;
using System.Text.Json.Serialization;
using BridgeFramework.Files;
using BridgeFramework.Plugins;

namespace BridgeFramework.Runtime;

/// <summary>Why a process ended itself, for the next one to read.</summary>
/// <param name="Reason">In words, a sentence.</param>
/// <param name="At">When.</param>
/// <param name="Plugin">The plugin whose doing it was; <see langword="null"/> where nobody is known.</param>
/// <param name="Version">The version of it that ran.</param>
internal sealed record LastWords(string Reason, DateTimeOffset At, string? Plugin = null, PluginVersion? Version = null)
{
    private const string Name = "last-words.json";
    private const int MaxLength = 64 * 1024;

    private IEnumerable<string> Names => new[] { Plugin, Version?.Digest }.OfType<string>();

    /// <summary>The file in a data folder.</summary>
    public static PrivateFile FileIn(PrivateFolder data) => data.File(Name);

    /// <summary>Reads what the process before said; <see langword="null"/> where it said nothing, or nothing that can be read.</summary>
    public static LastWords? TryRead(PrivateFile file)
    {
        try
        {
            if (file.TryRead(MaxLength) is not { } content) return null;
            var words = JsonSerializer.Deserialize(content, LastWordsJson.Default.LastWords);
            // Both may become parts of a path.
            return words?.Names.All(PathSegment.IsValid) == true ? words : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or JsonException)
        {
            return null;
        }
    }

    /// <summary>The words about a plugin, or about nobody.</summary>
    public static LastWords Of(string reason, DateTimeOffset at, LoadedPlugin? culprit) =>
        new(reason, at, culprit?.Manifest.Id, culprit is null ? null : HostedPlugin.VersionOf(culprit));

    /// <summary>Writes them down.</summary>
    /// <exception cref="IOException">The disk does not do it.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written.</exception>
    public void Write(PrivateFile file) => file.Replace(JsonSerializer.SerializeToUtf8Bytes(this, LastWordsJson.Default.LastWords));
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, RespectNullableAnnotations = true)]
[JsonSerializable(typeof(LastWords))]
internal sealed partial class LastWordsJson : JsonSerializerContext;
