using System.Globalization;
using System.Text;
using BridgeFramework.Files;

namespace BridgeFramework.IotHub;

/// <summary>Remembers across restarts the last time the hub told us; a clock behind it is wrong.</summary>
/// <remarks>Only times that the hub has told are written, so a system clock that ran ahead once does no lasting harm.</remarks>
internal sealed class ClockFloorFile(PrivateFile file)
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
            if (file.TryRead(MaxLength) is not { } content) return least;
            string text = Encoding.UTF8.GetString(content).Trim();
            if (DateTimeOffset.TryParseExact(text, "O", CultureInfo.InvariantCulture, DateTimeStyles.None, out var time) && time < Latest)
                return time > least ? time : least;
            problem = $"'{file.Path}' holds no time, but '{text}'";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            problem = $"'{file.Path}' cannot be read: {e.Message.TrimEnd('.')}";
        }

        return least;
    }

    public void Write(DateTimeOffset time) =>
        file.Replace(Encoding.ASCII.GetBytes(time.ToUniversalTime().ToString("O", CultureInfo.InvariantCulture)));
}
