using System.Reflection;

namespace BridgeFramework.Gateway.Tests;

/// <summary>What the build left on the disk: plugins, and a program to host them.</summary>
internal static class BuildOutput
{
    /// <summary>A program that hosts a plugin and looks what becomes of it when threads have nothing more to do.</summary>
    public static string ThreadHost => Fact("ThreadHost");

    /// <summary>A program that makes garbage and says how often it was collected.</summary>
    public static string HeapHost => Fact("HeapHost");

    /// <summary>The sources.</summary>
    public static string Repository => Fact("Repository");

    /// <summary>Copies a plugin's folder, as an operator who drops it does.</summary>
    /// <returns>The copy.</returns>
    public static string Drop(string id, string into) => Copy(Path.Combine(Fact("PluginDropFolder"), id), Path.Combine(into, id));

    /// <summary>Does so with a plugin that exists for tests alone.</summary>
    /// <returns>The copy.</returns>
    public static string DropFixture(string id, string into) => Copy(Path.Combine(Fact("FixtureFolder"), id), Path.Combine(into, id));

    private static string Copy(string built, string target)
    {
        Directory.CreateDirectory(target);
        foreach (string file in Directory.EnumerateFiles(built)) File.Copy(file, Path.Combine(target, Path.GetFileName(file)));
        return target;
    }

    private static string Fact(string name) => typeof(BuildOutput).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(metadata => string.Equals(metadata.Key, name, StringComparison.Ordinal)).Value!;   // ! written by the project file
}
