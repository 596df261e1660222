using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace BridgeFramework.IotHub;

/// <summary>The key of one device, as the console shows it: base64 text. Prints as <c>***</c>.</summary>
/// <remarks>A type of its own, so that a record, a log line or an exception that holds one cannot give it away.</remarks>
public sealed class DeviceSecret : IEquatable<DeviceSecret>
{
    private const int MaxLength = 256;
    private readonly string _text;

    /// <summary>Takes the base64 text of a secret.</summary>
    /// <param name="base64">The text, 4 to 256 characters.</param>
    /// <exception cref="ArgumentException">It is not base64. The message does not repeat it.</exception>
    public DeviceSecret(string base64)
    {
        if (Problem(base64) is { } problem) throw new ArgumentException(problem, nameof(base64));
        _text = base64;
    }

    /// <summary>As the constructor, but says what is wrong instead of throwing.</summary>
    /// <param name="base64">The text, without white space around it.</param>
    /// <param name="secret">The secret when the method returns true.</param>
    /// <param name="problem">What is wrong when it returns false; never the text itself.</param>
    public static bool TryParse(
        string? base64, [NotNullWhen(true)] out DeviceSecret? secret, [NotNullWhen(false)] out string? problem)
    {
        problem = Problem(base64);
        secret = problem is null ? new DeviceSecret(base64!) : null; // no problem means it is not null
        return problem is null;
    }

    /// <inheritdoc/>
    public bool Equals(DeviceSecret? other) =>
        other is not null && CryptographicOperations.FixedTimeEquals(TextBytes(), other.TextBytes());

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as DeviceSecret);

    /// <inheritdoc/>
    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(_text);

    /// <summary>Always <c>***</c>.</summary>
    public override string ToString() => "***";

    /// <summary>The key of the MQTT password: the decoded bytes.</summary>
    internal byte[] KeyBytes() => Convert.FromBase64String(_text);

    /// <summary>The key of a bind signature: the base64 text itself.</summary>
    internal byte[] TextBytes() => Encoding.ASCII.GetBytes(_text);

    private static string? Problem(string? text)
    {
        if (text is not { Length: >= 4 and <= MaxLength })
            return $"a device secret has 4 to {MaxLength} characters, this one has {text?.Length ?? 0}";
        // Convert.FromBase64String forgives white space; the hub, which signs with the text itself, does not.
        bool valid = !text.Any(char.IsWhiteSpace) && Convert.TryFromBase64String(text, new byte[text.Length], out _);
        return valid ? null : "a device secret is base64 text as the console shows it, and this one is not";
    }
}
