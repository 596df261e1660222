using System.Text;
using CsCheck;

namespace BridgeFramework.Configuration.Tests;

public sealed class MutationTests : IDisposable
{
    private static readonly byte[] Valid = Encoding.UTF8.GetBytes(ConfigurationFolder.Example);

    private static readonly byte[][] Fragments =
        [.. ((string[])["{", "}", "[", "]", "\"", ",", ":", "null", "1e999", "-1", "\"{n}\"", "{}", "\\u0000", "\\ud800", "//", "/*", "{n}",
            "..", "é"]).Select(Encoding.UTF8.GetBytes)];

    private readonly ConfigurationFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void No_damage_to_a_file_makes_the_loader_throw_and_none_goes_unplaced()
    {
        var damage = Gen.Select(Gen.Int[0, Valid.Length], Gen.Int[0, 12], Gen.OneOf(
            Gen.Int[0, Fragments.Length - 1].Select(i => Fragments[i]), Gen.Byte.Array[0, 4]));
        damage.Array[1, 3].Sample(
            damages =>
            {
                byte[] text = Valid;
                foreach (var (at, removed, added) in damages) text = Damaged(text, at, removed, added);
                var result = ConfigurationLoader.Load("bridge.json", text, _folder.Path, [], _folder.Environment, _folder.Zone);
                Assert.Equal(result.Plan is null, result.Mistakes.Any(m => !m.IsWarning));
                Assert.All(result.Mistakes, m => Assert.True(m is { Line: > 0, Column: > 0 }, m.ToString()));
                if (result.Source is not null) ConfigurationFolder.Printed(result, expanded: true);
            },
            iter: 3000,
            threads: 1);
    }

    private static byte[] Damaged(byte[] text, int at, int removed, byte[] added)
    {
        at = Math.Min(at, text.Length);
        int end = Math.Min(at + removed, text.Length);
        return [.. text[..at], .. added, .. text[end..]];
    }
}
