using System.Reflection;

namespace BridgeFramework.Gateway.Tests;

/// <summary>What the build left for the tests to use.</summary>
internal static class BuiltPlugin
{
    /// <summary>Copies a plugin's folder, as an operator who drops it does.</summary>
    /// <param name="id">The plugin.</param>
    /// <param name="into">The folder that its folder comes into.</param>
    /// <param name="isFixture">Whether it is one that exists for tests alone.</param>
    /// <returns>The copy.</returns>
    public static string Drop(string id, string into, bool isFixture = false)
    {
        string target = Path.Combine(into, id);
        Directory.CreateDirectory(target);
        foreach (string file in Directory.EnumerateFiles(Path.Combine(Fact(isFixture ? "FixtureFolder" : "PluginDropFolder"), id)))
            File.Copy(file, Path.Combine(target, Path.GetFileName(file)));
        return target;
    }

    /// <summary>What the project file says of the build.</summary>
    public static string Fact(string name) => typeof(BuiltPlugin).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(metadata => string.Equals(metadata.Key, name, StringComparison.Ordinal)).Value!;   // ! written by the project file
}
