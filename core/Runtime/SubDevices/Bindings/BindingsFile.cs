using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using BridgeFramework.Files;

namespace BridgeFramework.Runtime;

/// <summary>Where it is kept which sub-devices are bound: a line of JSON, and the digest of that line.</summary>
/// <remarks>Without the digest one flipped bit in a name would make a sub-device a new one, which is bound without asking.</remarks>
internal sealed partial class BindingsFile(PrivateFile file)
{
    private const int Version = 1;
    private const int MaxLength = 4 * 1024 * 1024; // 1500 sub-devices need 200 KB, and as much those that went

    public string Path => file.Path;

    /// <summary>What it holds; <see langword="null"/> where it is not there.</summary>
    /// <exception cref="InvalidDataException">It is damaged, or of a version that is not known here.</exception>
    /// <exception cref="IOException">It cannot be read, or is too long to be ours.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public BindingsContent? TryRead()
    {
        if (file.TryRead(MaxLength) is not { } bytes) return null;
        int end = bytes.AsSpan().IndexOf((byte)'\n');
        if (end < 0) throw new InvalidDataException("it ends in the middle");
        // The version first: a later one may end in another way.
        try
        {
            var content = JsonSerializer.Deserialize(bytes.AsSpan(0, end), BindingsJson.Default.BindingsContent);
            if (content is null || content.Version != Version)
                throw new InvalidDataException($"it has version {content?.Version}, and this gateway knows version {Version}");
            if (!bytes.AsSpan(end).SequenceEqual(EndOf(bytes.AsSpan(0, end)))) throw new InvalidDataException("its digest is another one");
            return content;
        }
        catch (JsonException exception)
        {
            throw new InvalidDataException(exception.Message, exception);
        }
    }

    /// <param name="gateway">The gateway that they are bound to.</param>
    /// <param name="subDevices">What is known of each.</param>
    /// <exception cref="IOException">It cannot be written; what it held is still there.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written; likewise.</exception>
    public Task WriteAsync(string gateway, IReadOnlyList<BindingRecord> subDevices)
    {
        byte[] line = JsonSerializer.SerializeToUtf8Bytes(
            new BindingsContent(Version, gateway, subDevices), BindingsJson.Default.BindingsContent);
        return file.ReplaceAsync((byte[])[.. line, .. EndOf(line)], CancellationToken.None);
    }

    private static byte[] EndOf(ReadOnlySpan<byte> line) =>
        [(byte)'\n', .. System.Text.Encoding.ASCII.GetBytes(Convert.ToHexStringLower(SHA256.HashData(line))), (byte)'\n'];

    [JsonSourceGenerationOptions(
        PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true)]
    [JsonSerializable(typeof(BindingsContent))]
    private sealed partial class BindingsJson : JsonSerializerContext;
}

/// <summary>What is kept of all sub-devices of a gateway.</summary>
/// <param name="Version">The form of the file.</param>
/// <param name="Gateway">The gateway that they are bound to, <c>productId/deviceName</c>.</param>
/// <param name="SubDevices">Each once.</param>
internal sealed record BindingsContent(int Version, string Gateway, IReadOnlyList<BindingRecord> SubDevices);
