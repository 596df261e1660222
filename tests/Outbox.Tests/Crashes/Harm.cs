namespace BridgeFramework.Outbox.Tests;

/// <summary>What may become of a file.</summary>
public enum Harm
{
    FirstByteOfHead,
    LastByteOfHead,
    Zeros,
    Empty,
    Half,
    EndsInZeros,
}

/// <summary>Does it to the bytes of a segment.</summary>
internal static class HarmedBytes
{
    public static byte[] Of(byte[] bytes, Harm harm) => harm switch
    {
        Harm.FirstByteOfHead => Flipped(bytes, 0),
        Harm.LastByteOfHead => Flipped(bytes, Frame.LengthOf(bytes) - 1),
        Harm.Zeros => new byte[bytes.Length],
        Harm.Empty => [],
        Harm.Half => bytes[..(bytes.Length / 2)],
        _ => [.. bytes.AsSpan(0, bytes.Length * 3 / 4), .. new byte[bytes.Length - (bytes.Length * 3 / 4)]],
    };

    private static byte[] Flipped(byte[] bytes, int at)
    {
        bytes[at] ^= 1;
        return bytes;
    }
}
