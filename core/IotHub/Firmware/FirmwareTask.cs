namespace BridgeFramework.IotHub;

/// <summary>What the hub wants a device to run, as it said so.</summary>
/// <remarks>Two are equal when they want the same bytes as the same version: the address is another each time the hub says it.</remarks>
public sealed record FirmwareTask
{
    /// <summary>The longest address that is read, in characters; those of the cloud have about 350.</summary>
    public const int MaxUrlLength = 4096;

    /// <summary>The longest version, in characters.</summary>
    public const int MaxVersionLength = 32;

    /// <summary>The version: 1 to <see cref="MaxVersionLength"/> of <c>A-Z a-z 0-9 . _ -</c>, beginning with a letter or digit.</summary>
    public required string Version { get; init; }

    /// <summary>Bytes of the image, 1 or more.</summary>
    public required long Size { get; init; }

    /// <summary>MD5 of the image, 32 lowercase hex digits.</summary>
    public required string Md5 { get; init; }

    /// <summary>Where the image is: http or https. It is signed, so whoever has it can fetch the image: not for a log.</summary>
    public required Uri Url { get; init; }

    /// <summary>Whether a text can be a version.</summary>
    /// <remarks>One that began with a hyphen would be an option to the command of a self-update.</remarks>
    /// <param name="text">Any text.</param>
    public static bool IsVersion(string? text) =>
        text is { Length: > 0 and <= MaxVersionLength } && char.IsAsciiLetterOrDigit(text[0])
        && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-');

    /// <summary>Compares all but the address.</summary>
    /// <param name="other">Another one.</param>
    public bool Equals(FirmwareTask? other) =>
        other is not null && Size == other.Size && string.Equals(Version, other.Version, StringComparison.Ordinal) && string.Equals(
            Md5, other.Md5, StringComparison.Ordinal);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Version, Size, Md5);

    /// <summary>All but what is secret of the address.</summary>
    public override string ToString() => $"version {Version}, {Size} bytes, MD5 {Md5}, from {Url.Host}";
}
