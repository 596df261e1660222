using System.Globalization;

namespace BridgeFramework.Fuzz;

/// <summary>Random and mutated bytes. A run can be repeated, as the seed of a test is always the same.</summary>
/// <param name="seed">Which bytes they are.</param>
/// <param name="samples">What is mutated.</param>
public sealed class Mutations(int seed, params IReadOnlyList<byte[]> samples)
{
    private const int MostNoise = 400;

    /// <summary>What parsers trip over: half a surrogate pair, numbers that no type holds, a nesting without end.</summary>
    private static readonly byte[][] Stones =
        [[.. "\\ud800"u8], [.. "9999e9999"u8], [.. "1e308"u8], [.. "-0"u8], [.. "[[[[[[[["u8], [.. "\u202e\u0085"u8], [0]];

    private readonly Random _random = new(seed);

    /// <summary>How many a test tries: as BRIDGE_FUZZ says, or a few in the suite.</summary>
    public static int Count(int few) =>
        int.TryParse(Environment.GetEnvironmentVariable("BRIDGE_FUZZ"), NumberStyles.None, CultureInfo.InvariantCulture, out int many)
            ? many : few;

    /// <summary>As many as the test tries, one after the other.</summary>
    public IEnumerable<byte[]> Take(int few)
    {
        for (int n = Count(few); n > 0; n--) yield return Next();
    }

    public byte[] Next() => _random.Next(20) == 0 ? Noise() : Mutation(samples[_random.Next(samples.Count)]);

    private byte[] Noise()
    {
        byte[] bytes = new byte[_random.Next(MostNoise)];
        _random.NextBytes(bytes);
        return bytes;
    }

    private byte[] Mutation(byte[] sample)
    {
        List<byte> bytes = [.. sample];
        for (int n = _random.Next(1, 6); n > 0 && bytes.Count > 0; n--)
        {
            int at = _random.Next(bytes.Count);
            int length = Math.Min(_random.Next(1, 40), bytes.Count - at);
            switch (_random.Next(7))
            {
                case 0: bytes[at] ^= (byte)(1 << _random.Next(8)); break;
                case 1: bytes[at] = (byte)_random.Next(256); break;
                case 2: bytes.RemoveRange(at, length); break;
                case 3: bytes.InsertRange(at, bytes.GetRange(_random.Next(bytes.Count - length + 1), length)); break;
                case 4: bytes.RemoveRange(at, bytes.Count - at); break;
                case 5: bytes.InsertRange(at, Stones[_random.Next(Stones.Length)]); break;
                default: for (int i = at; i < at + length; i++) bytes[i] = 0xFF; break;
            }
        }

        return [.. bytes];
    }
}
