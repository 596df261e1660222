namespace BridgeFramework.IotHubEmulator;

/// <summary>64 bits that stand for a sample's point, time and value.</summary>
/// <remarks>FNV-1a over 16-bit units: enough to notice a mistake, not to resist somebody who looks for two equal ones.</remarks>
internal static class ContentHash
{
    private const ulong Offset = 14695981039346656037;
    private const ulong Prime = 1099511628211;

    public static ulong Of(UplinkSample sample)
    {
        ulong hash = Mix(Offset, sample.Point);
        for (int shift = 0; shift < 64; shift += 16) hash = (hash ^ (ulong)(sample.Time >> shift & 0xFFFF)) * Prime;
        hash = (hash ^ (sample.IsGood ? 1UL : 0UL)) * Prime;
        return Mix(hash, sample.Value);
    }

    private static ulong Mix(ulong hash, ReadOnlySpan<char> text)
    {
        foreach (char unit in text) hash = (hash ^ unit) * Prime;
        return (hash ^ 0x10000) * Prime;   // an end that no unit is: "ab", "c" is not "a", "bc"
    }
}
