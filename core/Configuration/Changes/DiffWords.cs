using System.Globalization;

namespace BridgeFramework.Configuration;

/// <summary>Puts changed settings in a few words.</summary>
internal static class DiffWords
{
    private const int MaxSettings = 4;
    private const int MaxValue = 60; // characters

    public static string Of(SettingChange setting) =>
        new SettingChange(setting.Path, Shortened(setting.From), Shortened(setting.To)).ToString();

    public static string Of(IReadOnlyList<SettingChange> settings) => string.Join(
        ", ",
        [
            .. settings.Take(MaxSettings).Select(Of),
            .. settings.Count > MaxSettings
                ? [string.Create(CultureInfo.InvariantCulture, $"and {settings.Count - MaxSettings} more")] : Array.Empty<string>(),
        ]);

    /// <summary>A sub-device that moves, or has other settings, or both.</summary>
    public static string Of(SubDeviceChange device)
    {
        string[] parts = [device.MovesFrom is { } from ? $"moves from {from} to {device.Channel}" : "", Of(device.Settings)];
        return string.Join(", ", parts.Where(part => part.Length > 0));
    }

    private static string? Shortened(string? value) => value is { Length: > MaxValue } ? $"{value.AsSpan(0, MaxValue)}…" : value;
}
