using BridgeFramework.Files;

namespace BridgeFramework.Configuration;

/// <summary>Reads the files of one configuration, each once, and remembers what was in them. Of those that are kept the copies are read
/// in their place.</summary>
internal sealed class ConfigurationReading
{
    private readonly IReadOnlyDictionary<string, ReadOnlyMemory<byte>> _kept;
    private readonly Dictionary<string, ConfigurationFile> _read = new(StringComparer.Ordinal);

    /// <param name="kept">Copies of files, by the absolute paths of their own places; <see langword="null"/> for none.</param>
    public ConfigurationReading(IReadOnlyDictionary<string, ReadOnlyMemory<byte>>? kept = null) =>
        _kept = kept ?? new Dictionary<string, ReadOnlyMemory<byte>>(StringComparer.Ordinal);

    /// <summary>What was read so far, in its order.</summary>
    public IReadOnlyList<ConfigurationFile> Files => [.. _read.Values];

    /// <summary>The copy of a file; <see langword="null"/> where none is kept.</summary>
    public ReadOnlyMemory<byte>? KeptOf(string path) =>
        // Without its type, null would be empty memory.
        _kept.TryGetValue(path, out var content) ? content : default(ReadOnlyMemory<byte>?);

    /// <summary>What messages call a file: of a copy, that it is one.</summary>
    public string Called(string path, string name) => _kept.ContainsKey(path) ? $"{ConfigurationFiles.KeptFolder}/{name}" : name;

    /// <summary>Whether something is there.</summary>
    public bool Has(string path) => _kept.ContainsKey(path) || File.Exists(path) || Directory.Exists(path);

    /// <summary>Gives what is in a file.</summary>
    /// <exception cref="IOException">It cannot be read, or is longer.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public ReadOnlyMemory<byte> Read(string path, int maxLength)
    {
        if (_read.TryGetValue(path, out var known) && known.Content is { } before) return before;
        Note(path, content: null);
        var content = KeptOf(path) ?? NamedFile.Read(path, maxLength);
        Note(path, content);
        return content;
    }

    /// <summary>Remembers what somebody else has read.</summary>
    /// <param name="path">Absolute path of the file's own place.</param>
    /// <param name="content">What was in it; <see langword="null"/> where it could not be read.</param>
    public void Note(string path, ReadOnlyMemory<byte>? content) => _read[path] = new ConfigurationFile(path, content);
}
