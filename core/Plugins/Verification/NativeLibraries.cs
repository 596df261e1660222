using System.Text.RegularExpressions;
using BridgeFramework.Files;

namespace BridgeFramework.Plugins;

/// <summary>Refuses a plugin whose native libraries are for another system or processor; at run time it would be a DllNotFoundException,
/// hours later perhaps.</summary>
internal static partial class NativeLibraries
{
    private const int MatchTimeout = 1000;

    /// <exception cref="PluginRejectedException">A library does not fit <paramref name="platform"/>.</exception>
    public static void Check(string folder, IReadOnlyList<string> files, NativePlatform platform)
    {
        var libraries = files.Where(IsLibrary).Select(file => new Library(file, RidOf(file), PlatformsOf(folder, file)))
            .Where(l => l.Platforms.Count > 0).ToList();
        foreach (var library in libraries)
            if (library.Rid is null && !library.Fits(platform)) throw Wrong(library.File, library.Platforms, platform);

        // A library that is there for other systems only may well not be needed here, if the plugin has something for this one.
        bool meantForHere = files.Any(
            file => RuntimeFolder().Match(file) is { Success: true } match && platform.Loads(match.Groups["rid"].Value));
        foreach (var builds in libraries.Where(l => l.Rid is not null).GroupBy(l => NameOf(l.File), StringComparer.OrdinalIgnoreCase))
        {
            var loaded = builds.Where(b => platform.Loads(b.Rid!)).ToList();   // ! filtered one line before
            if (loaded.Any(b => b.Fits(platform))) continue;
            if (loaded.Count == 0 && meantForHere
                && !builds.Any(b => b.Platforms.Any(p => p.StartsWith($"{platform.System}-", StringComparison.Ordinal)))) continue;
            var told = loaded.Count > 0 ? loaded : [.. builds];
            throw Wrong(told[0].File, told.SelectMany(b => b.Platforms), platform);
        }
    }

    private static PluginRejectedException Wrong(string file, IEnumerable<string> platforms, NativePlatform platform) => new(
        $"its native library {file} is for {string.Join(", ", platforms.Distinct(StringComparer.Ordinal))}, and this gateway runs on "
            + $"{platform}",
        $"get the plugin built for {platform}");

    private static IReadOnlyList<string> PlatformsOf(string folder, string file)
    {
        using var stream = RegularFile.OpenRead(Path.Combine(folder, file));
        return NativeImage.PlatformsOf(stream);
    }

    /// <summary>By name: an ELF file of another name may be the firmware of a device.</summary>
    private static bool IsLibrary(string file) => LibraryName().IsMatch(Path.GetFileName(file));

    private static string? RidOf(string file) => NativeFolder().Match(file) is { Success: true } match ? match.Groups["rid"].Value : null;

    /// <summary>The name that code asks for: <c>foo</c> of <c>libfoo.so</c>, <c>libfoo.so.2</c>, <c>foo.dll</c>,
    /// <c>libfoo.dylib</c>.</summary>
    private static string NameOf(string file)
    {
        string name = Path.GetFileName(file);
        name = name[..LibraryName().Match(name).Groups["ending"].Index];
        return name.StartsWith("lib", StringComparison.Ordinal) ? name[3..] : name;
    }

    private sealed record Library(string File, string? Rid, IReadOnlyList<string> Platforms)
    {
        public bool Fits(NativePlatform platform) => Platforms.Contains(platform.ToString(), StringComparer.Ordinal);
    }

    [GeneratedRegex(@"(?<ending>\.dll|\.dylib|\.so(\.[0-9]+)*)\z", RegexOptions.ExplicitCapture | RegexOptions.IgnoreCase, MatchTimeout)]
    private static partial Regex LibraryName();

    [GeneratedRegex(@"\Aruntimes/(?<rid>[^/]+)/native/", RegexOptions.ExplicitCapture, MatchTimeout)]
    private static partial Regex NativeFolder();

    [GeneratedRegex(@"\Aruntimes/(?<rid>[^/]+)/", RegexOptions.ExplicitCapture, MatchTimeout)]
    private static partial Regex RuntimeFolder();
}
