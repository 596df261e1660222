namespace BridgeFramework.Runtime;

/// <summary>Which of two versions is the newer one, as far as versions say so.</summary>
internal static class VersionComparison
{
    private static readonly char[] Separators = ['.', '_', '-'];

    /// <summary>
    /// Compares part by part: numbers by value, words by their letters. A part more is newer where it is a number (1.2.1 after 1.2) and
    /// older where it is a word (1.2-rc before 1.2).
    /// </summary>
    /// <returns>Below zero where the first is the older one, above where it is the newer one.</returns>
    public static int Compare(string one, string other)
    {
        string[] ones = Parts(one), others = Parts(other);
        for (int i = 0; i < Math.Max(ones.Length, others.Length); i++)
        {
            if (i == ones.Length) return IsNumber(others[i]) ? -1 : 1;
            if (i == others.Length) return IsNumber(ones[i]) ? 1 : -1;
            int order = ComparePart(ones[i], others[i]);
            if (order != 0) return order;
        }

        return 0;
    }

    private static int ComparePart(string one, string other) => (IsNumber(one), IsNumber(other)) switch
    {
        (true, true) => CompareNumbers(one.TrimStart('0'), other.TrimStart('0')),
        (true, false) => 1,
        (false, true) => -1,
        _ => string.CompareOrdinal(one, other),
    };

    // Of any length: a version may be a date with the time in it.
    private static int CompareNumbers(string one, string other) =>
        one.Length != other.Length ? one.Length.CompareTo(other.Length) : string.CompareOrdinal(one, other);

    private static bool IsNumber(string part) => part.All(char.IsAsciiDigit);

    /// <summary>A <c>v</c> before the first number says nothing.</summary>
    private static string[] Parts(string version)
    {
        var text = version is ['v' or 'V', >= '0' and <= '9', ..] ? version[1..] : version;
        return text.Split(Separators, StringSplitOptions.RemoveEmptyEntries);
    }
}
