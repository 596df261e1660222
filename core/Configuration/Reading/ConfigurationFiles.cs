using System.Security.Cryptography;
using System.Text;
using BridgeFramework.Files;

namespace BridgeFramework.Configuration;

/// <summary>The files that a configuration was read from, as they were then: <c>bridge.json</c> and the <c>device_info.json</c> that it
/// names. Immutable.</summary>
/// <remarks>What they only speak of, secrets and certificates in files of their own, is not among them.</remarks>
public sealed class ConfigurationFiles
{
    /// <summary>Where in the data folder the last good ones are kept.</summary>
    internal const string KeptFolder = "last-good";

    internal ConfigurationFiles(ConfigurationPlace place, IReadOnlyList<ConfigurationFile> all) => (Place, All) = (place, all);

    /// <summary>Their absolute paths, <c>bridge.json</c> first; also of those that were not there, or could not be read.</summary>
    public IReadOnlyList<string> Paths => field ??= [.. All.Select(file => file.Path)];

    /// <summary>What tells their contents from other ones: 64 of <c>0-9 a-f</c>.</summary>
    public string Digest => field ??= Convert.ToHexStringLower(SHA256.HashData(
        Encoding.UTF8.GetBytes(string.Join('\n', All.Select(file => $"{file.Digest} {file.Path}")))));

    /// <summary>Since when they are the last good ones; <see langword="null"/> where they were read from their own places.</summary>
    public DateTimeOffset? KeptAt { get; internal init; }

    internal IReadOnlyList<ConfigurationFile> All { get; }

    /// <summary>Where the configuration comes from.</summary>
    internal ConfigurationPlace Place { get; }

    /// <summary>Whether there is anything else in their places now. Reads them, and nothing else.</summary>
    public bool HaveChanged() => All.Any(file => !string.Equals(file.Digest, DigestOf(file.Path), StringComparison.Ordinal));

    private static string DigestOf(string path)
    {
        try
        {
            return ConfigurationFile.DigestOf(NamedFile.Read(path, ConfigurationFile.MaxLength));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return ConfigurationFile.Unreadable;
        }
    }
}
