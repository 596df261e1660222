using System.Diagnostics.CodeAnalysis;

namespace BridgeFramework;

/// <summary>What a firmware version may look like, for drivers that hear it from a device that they do not trust.</summary>
public static class FirmwareVersion
{
    /// <summary>The longest version, in characters.</summary>
    public const int MaxLength = 32;

    /// <summary>Whether <see cref="IChannel.SetFirmwareVersion"/> takes a text: 1 to <see cref="MaxLength"/>
    /// of <c>A-Z a-z 0-9 . _ -</c>, beginning with a letter or digit.</summary>
    /// <remarks>One that began with a hyphen would be an option to a program that is called with it.</remarks>
    /// <param name="text">Any text.</param>
    public static bool IsValid([NotNullWhen(true)] string? text) =>
        text is { Length: > 0 and <= MaxLength } && char.IsAsciiLetterOrDigit(text[0])
        && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-');
}
