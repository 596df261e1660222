namespace BridgeFramework.Configuration;

/// <summary>Finds what somebody meant who wrote something else.</summary>
public static class NearName
{
    private const int MaxLength = 64;

    /// <summary>The known name nearest to what was written, or <see langword="null"/> when none is near.</summary>
    public static string? Find(string written, IEnumerable<string> known)
    {
        if (written.Length is 0 or > MaxLength) return null;
        string? best = null;
        int least = Math.Max(1, written.Length / 3) + 1;   // one slip of three letters is a slip; more is another word
        foreach (string name in known)
        {
            if (name.Length > MaxLength) continue;
            int distance = Distance(written.ToUpperInvariant(), name.ToUpperInvariant());
            if (distance >= least || distance >= written.Length) continue;   // "n" is not near "m"
            (best, least) = (name, distance);
        }

        return best;
    }

    /// <summary>Letters to insert, delete, replace or swap with their neighbour.</summary>
    private static int Distance(string a, string b)
    {
        var d = new int[a.Length + 1, b.Length + 1];
        for (int i = 0; i <= a.Length; i++) d[i, 0] = i;
        for (int j = 0; j <= b.Length; j++) d[0, j] = j;
        for (int i = 1; i <= a.Length; i++)
            for (int j = 1; j <= b.Length; j++)
            {
                int change = a[i - 1] == b[j - 1] ? 0 : 1;
                d[i, j] = Math.Min(Math.Min(d[i - 1, j] + 1, d[i, j - 1] + 1), d[i - 1, j - 1] + change);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) d[i, j] = Math.Min(d[i, j], d[i - 2, j - 2] + 1);
            }

        return d[a.Length, b.Length];
    }
}
