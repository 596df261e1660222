using System.Text;

namespace BridgeFramework.Files;

/// <summary>The rule for names that become one part of a path: such a name stays in its folder, wherever it came from.</summary>
public static class PathSegment
{
    private const int MaxBytes = 255; // what file systems take

    private static readonly char[] Forbidden = [.. Path.GetInvalidFileNameChars().Union(['/', '\\'])];

    /// <summary>Whether a text may be a single part of a path.</summary>
    /// <param name="name">The text, such as an id or a digest that was read from a file.</param>
    public static bool IsValid(string? name) =>
        name is { Length: > 0 and <= MaxBytes }
        && name is not ("." or "..")
        && name.IndexOfAny(Forbidden) < 0
        && !name.Any(char.IsControl)
        && Encoding.UTF8.GetByteCount(name) <= MaxBytes;

    /// <summary>Joins a folder and a name.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="name">The name.</param>
    /// <exception cref="ArgumentException">The name may lead out of the folder, or no file system takes it.</exception>
    public static string Join(string folder, string name) => IsValid(name)
        ? Path.Combine(folder, name)
        : throw new ArgumentException(
            $"'{name}' is no name of a file: expected 1 to {MaxBytes} bytes without '/', '\\' and control characters.", nameof(name));
}
