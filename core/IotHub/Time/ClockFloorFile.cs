using System.Globalization;
using System.Text;

namespace BridgeFramework.IotHub;

/// <summary>Remembers across restarts the last time the hub told us; a clock behind it is wrong.</summary>
/// <remarks>Only times that the hub has told are written, so a system clock that ran ahead once does no lasting harm.</remarks>
internal sealed class ClockFloorFile(string path)
{
    private const int MaxLength = 64;
    private static readonly DateTimeOffset Latest = new(2100, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <param name="least">Known without the file, such as when the program was made.</param>
    /// <param name="problem">Why the file could not be used; null if it could, or if there is none.</param>
    /// <returns>The later of what is known and what the file says.</returns>
    public DateTimeOffset Read(DateTimeOffset least, out string? problem)
    {
        problem = null;
        try
        {
            var file = new FileInfo(path);
            if (!file.Exists) return least;
            string text = file.Length > MaxLength ? $"({file.Length} bytes)" : File.ReadAllText(path).Trim();
            if (DateTimeOffset.TryParseExact(text, "O", CultureInfo.InvariantCulture, DateTimeStyles.None, out var time) && time < Latest)
                return time > least ? time : least;
            problem = $"'{path}' holds no time, but '{text}'";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            problem = $"'{path}' cannot be read: {e.Message}";
        }

        return least;
    }

    public void Write(DateTimeOffset time) =>
        AtomicFile.Write(path, Encoding.ASCII.GetBytes(time.ToUniversalTime().ToString("O", CultureInfo.InvariantCulture)));
}
