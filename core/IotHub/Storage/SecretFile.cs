using System.Text;
using BridgeFramework.Files;

namespace BridgeFramework.IotHub;

/// <summary>Stores a secret where only the owner of the process can read it. One caller at a time writes one file.</summary>
public static class SecretFile
{
    private const int MaxLength = 64 * 1024;

    /// <summary>Stores a device secret as the base64 text the console shows; see <see cref="Write(string, string)"/>.</summary>
    /// <param name="path">The file.</param>
    /// <param name="secret">The secret.</param>
    /// <exception cref="IOException">It cannot be written; what was there before is untouched.</exception>
    public static void Write(string path, DeviceSecret secret)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(secret);
        PrivateFile.At(path).Replace(secret.TextBytes());
    }

    /// <summary>Writes or replaces a secret as a whole, with mode 0600; missing folders are made. Survives a power cut.</summary>
    /// <param name="path">The file.</param>
    /// <param name="secret">The text, at most 64 KiB; written as UTF-8 without a line end.</param>
    /// <exception cref="ArgumentException">The text is empty or too long; the message does not repeat it.</exception>
    /// <exception cref="IOException">It cannot be written; what was there before is untouched.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder may not be written.</exception>
    public static void Write(string path, string secret)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        Write(PrivateFile.At(path), secret);
    }

    internal static void Write(PrivateFile file, string secret)
    {
        if (secret is not { Length: >= 1 and <= MaxLength })
            throw new ArgumentException($"A secret has 1 to {MaxLength} characters, this one has {secret?.Length ?? 0}.", nameof(secret));
        file.Replace(Encoding.UTF8.GetBytes(secret));
    }
}
