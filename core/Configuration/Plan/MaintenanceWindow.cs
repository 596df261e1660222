using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace BridgeFramework.Configuration;

/// <summary>A part of every day, by the clock of the gateway's time zone; one that ends before it begins goes over midnight.</summary>
/// <param name="From">When it begins.</param>
/// <param name="To">When it ends, another time than <paramref name="From"/>.</param>
public readonly record struct MaintenanceWindow(TimeOnly From, TimeOnly To)
{
    private const string Form = "HH:mm";

    /// <summary>Reads a window such as <c>02:00-04:30</c>.</summary>
    /// <param name="text">The text.</param>
    /// <param name="window">The window, when the method returns true.</param>
    public static bool TryParse([NotNullWhen(true)] string? text, out MaintenanceWindow window)
    {
        window = default;
        if (text?.Split('-') is not [var from, var to]) return false;
        if (!TimeOnly.TryParseExact(from.Trim(), Form, CultureInfo.InvariantCulture, DateTimeStyles.None, out var begin)) return false;
        if (!TimeOnly.TryParseExact(to.Trim(), Form, CultureInfo.InvariantCulture, DateTimeStyles.None, out var end) || begin == end)
            return false;
        window = new MaintenanceWindow(begin, end);
        return true;
    }

    /// <summary>Whether a time is within it.</summary>
    /// <param name="time">A time by the clock of the gateway's time zone.</param>
    public bool Contains(TimeOnly time) => time.IsBetween(From, To);

    /// <summary>As <see cref="TryParse"/> reads it.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{From:HH:mm}-{To:HH:mm}");
}
