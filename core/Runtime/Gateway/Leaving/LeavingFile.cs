using System.Text.Json;
using System.Text.Json.Serialization;
using BridgeFramework.Configuration;
using BridgeFramework.Files;

namespace BridgeFramework.Runtime;

/// <summary>Where it is kept which sub-devices leave, so that a restart goes on with them.</summary>
internal sealed partial class LeavingFile(PrivateFile file)
{
    private const int Version = 1;
    private const int MaxLength = 16 * 1024 * 1024; // 10,000 sub-devices need 2 MB
    private readonly DigestedFile _file = new(file, MaxLength);

    public string Path => _file.Path;

    /// <summary>What it holds; nothing where it is not there.</summary>
    /// <exception cref="InvalidDataException">It is damaged, or of a version that is not known here.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public IReadOnlyList<LeavingSubDevice> Read()
    {
        if (_file.TryRead(out bool isWhole) is not { } line) return [];
        try
        {
            var content = JsonSerializer.Deserialize(line, LeavingJson.Default.LeavingContent);
            if (content is null || content.Version != Version)
                throw new InvalidDataException($"it has version {content?.Version}, and this gateway knows version {Version}");
            if (!isWhole) throw new InvalidDataException("its digest is another one");
            return [.. content.SubDevices.Select(Parse)];
        }
        catch (Exception exception) when (exception is JsonException or FormatException)
        {
            throw new InvalidDataException(exception.Message, exception);
        }
    }

    /// <exception cref="IOException">It cannot be written; what it held is still there.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written; likewise.</exception>
    public Task WriteAsync(IEnumerable<LeavingSubDevice> leaving) => _file.WriteAsync(JsonSerializer.SerializeToUtf8Bytes(
        new LeavingContent(Version, [.. leaving.Select(Format)]), LeavingJson.Default.LeavingContent));

    private static LeavingSubDevice Parse(LeavingEntry entry) => new(
        SubDeviceId.Parse(entry.Id),
        new ProfileSettings { Up = entry.Up, Down = entry.Down, Reply = entry.Reply, Format = entry.Format },
        TimeSpan.FromSeconds(entry.Connected));

    private static LeavingEntry Format(LeavingSubDevice leaving) => new(
        leaving.Id.ToString(), leaving.Profile.Up, leaving.Profile.Down, leaving.Profile.Reply, leaving.Profile.Format,
        (long)leaving.Connected.TotalSeconds);

    [JsonSourceGenerationOptions(
        PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
        UseStringEnumConverter = true,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true)]
    [JsonSerializable(typeof(LeavingContent))]
    private sealed partial class LeavingJson : JsonSerializerContext;
}

/// <summary>What is kept of the sub-devices that leave.</summary>
/// <param name="Version">The form of the file.</param>
/// <param name="SubDevices">Each once.</param>
internal sealed record LeavingContent(int Version, IReadOnlyList<LeavingEntry> SubDevices);

/// <summary>What is kept of one sub-device that leaves.</summary>
/// <param name="Id"><c>productId/deviceName</c>.</param>
/// <param name="Up">See <see cref="ProfileSettings"/>.</param>
/// <param name="Down">Likewise.</param>
/// <param name="Reply">Likewise.</param>
/// <param name="Format">Likewise.</param>
/// <param name="Connected">For how many seconds the hub could be reached since.</param>
internal sealed record LeavingEntry(string Id, string Up, string Down, string Reply, UplinkFormat Format, long Connected);
