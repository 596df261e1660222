namespace BridgeFramework.DeviceSimulators;

/// <summary>How a simulated unit takes firmware.</summary>
public sealed record FirmwareOptions
{
    /// <summary>The longest version, in characters.</summary>
    public const int MaxVersionLength = 16;

    /// <summary>The first of the 32 holding registers of the control window, 0..65504.</summary>
    public ushort Window { get; set; } = 0xF000;

    /// <summary>The version it runs to begin with, 1..16 characters of ASCII.</summary>
    public string Version { get; set; } = "1.0.0";

    /// <summary>Its product.</summary>
    public ushort ProductId { get; set; } = 1;

    /// <summary>The most words it takes at once, 1..122.</summary>
    public int LargestBlock { get; set; } = 122;

    /// <summary>The largest image it takes, in KiB, 1..65535.</summary>
    public int LargestImageKib { get; set; } = 1024;

    /// <summary>Seconds to make room for an image.</summary>
    public double EraseSeconds { get; set; } = 2;

    /// <summary>Seconds to check an image.</summary>
    public double VerifySeconds { get; set; } = 1;

    /// <summary>Seconds of silence after it was told to start an image.</summary>
    public double RebootSeconds { get; set; } = 5;

    /// <summary>The revision of the profile that it claims to speak; 1 is the one it speaks.</summary>
    public ushort Revision { get; set; } = 1;

    /// <summary>What goes wrong to begin with; nothing where left out.</summary>
    public FirmwareFault? Fault { get; set; }

    /// <summary>Says what is wrong, or null.</summary>
    internal string? FindMistake()
    {
        if (Window > 65536 - ControlWindow.Registers) return $"\"window\": {Window}: expected 0..{65536 - ControlWindow.Registers}";
        if (Version.Length is 0 or > MaxVersionLength || !Version.All(char.IsAscii))
            return $"\"version\": \"{Version}\": expected 1..{MaxVersionLength} characters of ASCII";
        if (LargestBlock is < 1 or > FileRecords.MaxWords) return $"\"largestBlock\": {LargestBlock}: expected 1..{FileRecords.MaxWords}";
        if (LargestImageKib is < 1 or > ushort.MaxValue) return $"\"largestImageKib\": {LargestImageKib}: expected 1..{ushort.MaxValue}";
        foreach (double seconds in (ReadOnlySpan<double>)[EraseSeconds, VerifySeconds, RebootSeconds, Fault?.SilentSeconds ?? 0])
            if (!(seconds is >= 0 and <= 86_400)) return $"{seconds} seconds: expected 0..86400";
        return null;
    }
}
