using System.Security.Cryptography;

namespace BridgeFramework.Configuration;

/// <summary>One file that a configuration was read from.</summary>
/// <param name="Path">Absolute path of its own place.</param>
/// <param name="Content">What was in it; <see langword="null"/> where it could not be read.</param>
internal sealed record ConfigurationFile(string Path, ReadOnlyMemory<byte>? Content)
{
    /// <summary>The largest that is read, in bytes.</summary>
    public const int MaxLength = 16 * 1024 * 1024;

    /// <summary>The digest of what cannot be read.</summary>
    public const string Unreadable = "-";

    /// <summary>The SHA-256 of what was in it.</summary>
    public string Digest => field ??= Content is { } content ? DigestOf(content.Span) : Unreadable;

    public static string DigestOf(ReadOnlySpan<byte> content) => Convert.ToHexStringLower(SHA256.HashData(content));
}
