using System.Globalization;

namespace BridgeFramework.Gateway.Tests;

/// <summary>What the gateway ships with keeps its memory small whatever the processor's cache is.</summary>
public sealed class HeapTests
{
    private const int MebibytesOfGarbage = 64;

    /// <summary>A processor with a cache of 64 MiB, for which the runtime would let as much garbage gather.</summary>
    private static readonly Dictionary<string, string?> LargeCache = new(StringComparer.Ordinal) { ["DOTNET_GCgen0size"] = "0x4000000" };

    [Fact]
    public async Task Garbage_is_collected_after_a_mebibyte_even_where_the_cache_is_large()
    {
        string[] said = await SaidAsync();

        int collections = int.Parse(ValueOf("collections", said), CultureInfo.InvariantCulture);
        Assert.InRange(collections, MebibytesOfGarbage * 3 / 4, MebibytesOfGarbage * 4);
    }

    [Fact]
    public async Task Code_is_not_compiled_with_the_counters_of_a_profile() => Assert.Equal("False", ValueOf("profile", await SaidAsync()));

    private static async Task<string[]> SaidAsync()
    {
        var (exitCode, output) = await AsBridge.RunAsync(BuildOutput.HeapHost, [$"{MebibytesOfGarbage}"], LargeCache);
        Assert.True(exitCode == 0, output);
        return output.Split('\n', StringSplitOptions.TrimEntries);
    }

    private static string ValueOf(string name, string[] said) =>
        said.Single(line => line.StartsWith($"{name}: ", StringComparison.Ordinal))[(name.Length + 2)..];
}
