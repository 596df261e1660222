using System.Globalization;

namespace BridgeFramework.Configuration;

/// <summary>Reads the numbers of a <c>range</c>, such as <c>1..8</c> or <c>1,4,7..9</c>.</summary>
internal static class NumberList
{
    /// <summary>How many sub-devices one range may make.</summary>
    public const int MaxCount = 2000;

    private const int MaxNumber = 999_999;

    /// <summary>Reads a list.</summary>
    /// <returns>The numbers in their order, or what is wrong.</returns>
    public static (IReadOnlyList<int> Numbers, string? Mistake) Parse(string text)
    {
        var numbers = new List<int>();
        foreach (string part in text.Split(',', StringSplitOptions.TrimEntries))
        {
            int dots = part.IndexOf("..", StringComparison.Ordinal);
            if (!TryNumber(dots < 0 ? part : part[..dots], out int first) || !TryNumber(dots < 0 ? part : part[(dots + 2)..], out int last))
                return Wrong($"{SchemaWords.Quoted(part)} is no number and no span: expected numbers from 0 to {MaxNumber}, such as "
                    + "\"1..8\" or \"1,4,7..9\".");
            if (last < first) return Wrong($"\"{part}\" runs backwards: expected \"{last}..{first}\".");
            if (numbers.Count + (last - first + 1) > MaxCount)
                return Wrong($"this makes more than {MaxCount} sub-devices: expected at most {MaxCount} from one range.");
            for (int n = first; n <= last; n++) numbers.Add(n);
        }

        return (numbers, null);
    }

    private static (IReadOnlyList<int>, string?) Wrong(string message) => ([], message);

    private static bool TryNumber(string text, out int number) =>
        int.TryParse(text.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out number) && number <= MaxNumber;
}
