using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using BridgeFramework.Files;

namespace BridgeFramework.Configuration;

/// <summary>Which copies belong together: those of the files of one configuration.</summary>
/// <param name="KeptAt">When the gateway began to run them.</param>
/// <param name="Files">The files, <c>bridge.json</c> first.</param>
/// <param name="Sha256">The digest of the two others.</param>
internal sealed record KeptList(DateTimeOffset KeptAt, IReadOnlyList<KeptFile> Files, string Sha256)
{
    public const string FileName = "files.json";

    /// <summary>How long the list may be, in bytes.</summary>
    public const int MaxLength = 64 * 1024;

    public static KeptList Of(ConfigurationFiles files, DateTimeOffset at)
    {
        KeptFile[] kept = [.. files.All.Select(file => KeptFile.Of(file, files.Place.Folder))];
        return new KeptList(at, kept, DigestOf(at, kept));
    }

    /// <exception cref="InvalidDataException">It is not as it was written.</exception>
    public static KeptList Parse(ReadOnlySpan<byte> json)
    {
        try
        {
            if (JsonSerializer.Deserialize(json, KeptListJson.Default.KeptList) is { Files.Count: > 0 } list
                && list.Files.All(file => file is not null)
                && string.Equals(list.Sha256, DigestOf(list.KeptAt, list.Files), StringComparison.Ordinal)
                && list.Files.All(file => PathSegment.IsValid(file.Name)))
                return list;
        }
        catch (JsonException)
        {
            // Said below.
        }

        throw new InvalidDataException($"'{FileName}' is not as it was written");
    }

    public bool HasFilesOf(KeptList other) => Files.SequenceEqual(other.Files);

    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, KeptListJson.Default.KeptList);

    private static string DigestOf(DateTimeOffset at, IEnumerable<KeptFile> files)
    {
        var lines = files.Select(file => $"{file.Sha256} {file.Name} {file.Path}").Prepend(at.ToString("O", CultureInfo.InvariantCulture));
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', lines))));
    }
}

/// <summary>The copy of one file.</summary>
/// <param name="Path">Where the file is: relative to the configuration folder, if it is in there.</param>
/// <param name="Name">The name of the copy.</param>
/// <param name="Sha256">The digest of what is in both.</param>
internal sealed record KeptFile(string Path, string Name, string Sha256)
{
    private const int DigitsInName = 16;

    public static KeptFile Of(ConfigurationFile file, string folder)
    {
        string name = $"{file.Digest[..DigitsInName]}-{System.IO.Path.GetFileName(file.Path)}";
        return new KeptFile(PathWithin(folder, file.Path), PathSegment.IsValid(name) ? name : file.Digest, file.Digest);
    }

    /// <summary>The path of the file's own place.</summary>
    public string PathFrom(string folder) => System.IO.Path.GetFullPath(Path, folder);

    private static string PathWithin(string folder, string path)
    {
        string relative = System.IO.Path.GetRelativePath(folder, path);
        return relative.StartsWith("..", StringComparison.Ordinal) ? path : relative;
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true,
    RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(KeptList))]
internal sealed partial class KeptListJson : JsonSerializerContext;
