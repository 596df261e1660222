using System.Globalization;

namespace BridgeFramework.Gateway;

/// <summary>How far something is, in a width that never changes and in characters that any terminal, file and font has.</summary>
internal static class ProgressBar
{
    private const int Width = 20;

    /// <summary>Such as <c>[########------------]  40 %</c>.</summary>
    public static string Of(int percent)
    {
        percent = Math.Clamp(percent, 0, 100);
        int filled = percent * Width / 100;
        return string.Create(CultureInfo.InvariantCulture, $"[{new string('#', filled)}{new string('-', Width - filled)}] {percent,3} %");
    }
}
