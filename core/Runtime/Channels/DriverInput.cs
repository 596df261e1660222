using System.Text;

namespace BridgeFramework.Runtime;

/// <summary>What a driver hands over is held against the contract at the door: a mistake of its own is an exception to the driver, not
/// something that travels on.</summary>
internal static class DriverInput
{
    /// <summary>The largest value, and the most that an event's data may be with their names, in bytes: text as UTF-8. No message to the
    /// hub can carry more.</summary>
    public const int MaxValueLength = 16 * 1024;

    private const int MaxEventNameLength = 64;
    private const int MaxEventData = 256;
    private const int OtherValueLength = 8; // a number, as memory has it

    /// <exception cref="ArgumentException">A value that no driver may report; the message names its point.</exception>
    public static void Check(SubDevice device, ReadOnlySpan<PointValue> values)
    {
        for (int i = 0; i < values.Length; i++)
            if (ProblemOf(values[i]) is { } problem)
                throw new ArgumentException($"Point '{values[i].Point?.Name}' of {device}: {problem}", nameof(values));
    }

    /// <exception cref="ArgumentException">An event that no driver may report; the message says why.</exception>
    public static void Check(SubDevice device, DeviceEvent happened)
    {
        if (ProblemOf(happened) is { } problem)
            throw new ArgumentException($"Event '{Shown(happened.Name)}' of {device}: {problem}", nameof(happened));
    }

    /// <exception cref="ArgumentOutOfRangeException">There is no such presence.</exception>
    public static void Check(SubDevice device, Presence presence)
    {
        if (presence is < Presence.Unknown or > Presence.Absent)
            throw new ArgumentOutOfRangeException(nameof(presence), presence, $"{device} can be Unknown, Present or Absent.");
    }

    private static string? ProblemOf(in PointValue value) => value switch
    {
        { Point: null } => "an entry without a point; give each value the definition of its point.",
        { Quality: < Quality.Good or > Quality.Invalid } =>
            $"there is no quality {(int)value.Quality}; expected a member of {nameof(Quality)}.",
        { Quality: Quality.Good, Value.Kind: VariantKind.None } =>
            $"a good sample needs a value; where there is none, report {nameof(Quality)}.{nameof(Quality.Invalid)} or another reason.",
        _ => TooLong(value.Value),
    };

    private static string? ProblemOf(DeviceEvent happened)
    {
        if (happened.Name is not { Length: >= 1 and <= MaxEventNameLength } name
            || !name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-'))
            return $"an event has a name of 1 to {MaxEventNameLength} of A-Z a-z 0-9 _ -.";
        if (!Enum.IsDefined(happened.Level)) return $"there is no level {(int)happened.Level}; expected a member of {nameof(EventLevel)}.";
        if (happened.Data is not { } data) return "its data is null; expected an empty dictionary where there is none.";
        if (data.Count > MaxEventData) return $"it has {data.Count} data, at most {MaxEventData} are possible.";
        long length = 0;
        foreach (var (key, value) in data)
        {
            if (TooLong(value) is { } problem) return $"'{Shown(key)}': {problem}";
            length += Encoding.UTF8.GetByteCount(key) + value.Kind switch
            {
                VariantKind.Text => Encoding.UTF8.GetByteCount(value.AsText()),
                VariantKind.Bytes => value.AsBytes().Length,
                _ => OtherValueLength,
            };
        }

        return length <= MaxValueLength ? null : $"its data are {length} bytes with their names: expected at most {MaxValueLength}.";
    }

    private static string? TooLong(in Variant value)
    {
        int length = value.Kind switch
        {
            VariantKind.Text => LengthOf(value.AsText()),
            VariantKind.Bytes => value.AsBytes().Length,
            _ => 0,
        };
        return length <= MaxValueLength ? null : $"a value of {length} bytes is too long: expected at most {MaxValueLength}.";
    }

    /// <summary>Bytes as UTF-8. A character has 1 to 3, so most texts need not be counted.</summary>
    private static int LengthOf(string text) =>
        text.Length is <= MaxValueLength / 3 or > MaxValueLength ? text.Length : Encoding.UTF8.GetByteCount(text);

    private static string? Shown(string? text) => text is { Length: > MaxEventNameLength } ? text[..MaxEventNameLength] + "…" : text;
}
