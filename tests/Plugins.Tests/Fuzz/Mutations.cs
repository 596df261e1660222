using System.Globalization;

namespace BridgeFramework.Plugins.Tests;

/// <summary>Random and mutated bytes. BRIDGE_FUZZ sets how many; a run can be repeated, as the seed is always the same.</summary>
internal static class Mutations
{
    private const int Seed = 20261130;

    /// <param name="few">How many in the suite.</param>
    /// <param name="samples">What is mutated.</param>
    public static IEnumerable<byte[]> Of(int few, params IReadOnlyList<byte[]> samples)
    {
        int count = int.TryParse(
            Environment.GetEnvironmentVariable("BRIDGE_FUZZ"), NumberStyles.None, CultureInfo.InvariantCulture, out int many) ? many : few;
        var random = new Random(Seed);
        for (int i = 0; i < count; i++)
            yield return random.Next(20) == 0 ? Noise(random) : Mutation(samples[random.Next(samples.Count)], random);
    }

    private static byte[] Noise(Random random)
    {
        byte[] bytes = new byte[random.Next(400)];
        random.NextBytes(bytes);
        return bytes;
    }

    private static byte[] Mutation(byte[] sample, Random random)
    {
        List<byte> bytes = [.. sample];
        for (int n = random.Next(1, 6); n > 0 && bytes.Count > 0; n--)
        {
            int at = random.Next(bytes.Count);
            int length = Math.Min(random.Next(1, 40), bytes.Count - at);
            switch (random.Next(8))
            {
                case 0: bytes[at] ^= (byte)(1 << random.Next(8)); break;
                case 1: bytes[at] = (byte)random.Next(256); break;
                case 2: bytes.RemoveRange(at, length); break;
                case 3: bytes.InsertRange(at, bytes.GetRange(random.Next(bytes.Count - length + 1), length)); break;
                case 4: bytes.RemoveRange(at, bytes.Count - at); break;
                case 5: bytes.InsertRange(at, "\\ud800"u8.ToArray()); break;
                case 6: bytes.InsertRange(at, "9999e9999"u8.ToArray()); break;
                default: for (int i = at; i < at + length; i++) bytes[i] = 0xFF; break;
            }
        }

        return [.. bytes];
    }
}
