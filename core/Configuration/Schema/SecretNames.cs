namespace BridgeFramework.Configuration;

/// <summary>Tells from its name that a value is better not shown, wherever it stands and whatever its driver says of it.</summary>
internal static class SecretNames
{
    private static readonly string[] Words = ["secret", "password", "passphrase", "token", "psk", "credential"];

    /// <summary>Whether a key names a secret: it holds one of the words, or ends in <c>key</c> without being just that.</summary>
    public static bool IsSecret(string key)
    {
        if (key.Length > "key".Length && key.EndsWith("key", StringComparison.OrdinalIgnoreCase)) return true;
        foreach (string word in Words) if (key.Contains(word, StringComparison.OrdinalIgnoreCase)) return true;
        return false;
    }

    /// <summary>Whether the value from there, or anything that holds it below the level of names, is a secret.</summary>
    /// <remarks>Names that the operator chose (a channel called <c>keypad-key</c>) are not looked at.</remarks>
    public static bool Covers(Origin origin)
    {
        for (var at = origin; at is not null; at = at.Parent)
        {
            if (at.Parent?.Segment is "channels" or "products" or "deviceTypes" or "points") return false;
            if (IsSecret(at.Segment)) return true;
        }

        return false;
    }
}
