using System.Runtime.InteropServices;

namespace BridgeFramework.Plugins;

/// <summary>A system and processor that native libraries are built for.</summary>
/// <param name="System">Such as <c>linux</c>.</param>
/// <param name="Architecture">Such as <c>x64</c>.</param>
/// <param name="IsMusl">Whether the system's C library is musl, as on Alpine.</param>
internal sealed record NativePlatform(string System, string Architecture, bool IsMusl = false)
{
    public static NativePlatform OfThisProcess { get; } = new(
        OperatingSystem.IsWindows() ? "win" : OperatingSystem.IsMacOS() ? "osx" : OperatingSystem.IsFreeBSD() ? "freebsd" : "linux",
        RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant(),
        RuntimeInformation.RuntimeIdentifier.Contains("musl", StringComparison.Ordinal));

    /// <summary>Whether the runtime here would look into the folder <c>runtimes/{rid}</c>.</summary>
    public bool Loads(string rid)
    {
        string[] systems = System is "win" ? ["win"] : IsMusl ? [$"{System}-musl", System, "unix"] : [System, "unix"];
        return rid is "any" || systems.Any(
            s => rid.Equals(s, StringComparison.Ordinal) || rid.Equals($"{s}-{Architecture}", StringComparison.Ordinal));
    }

    /// <summary>Gives the runtime identifier, such as <c>linux-x64</c>.</summary>
    public override string ToString() => $"{System}-{Architecture}";
}
