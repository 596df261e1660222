using System.Reflection;

namespace BridgeFramework.Gateway.Tests;

/// <summary>A plugin as its build left it.</summary>
internal static class BuiltPlugin
{
    /// <summary>Copies a plugin's folder, as an operator who drops it does.</summary>
    /// <returns>The copy.</returns>
    public static string Drop(string id, string into)
    {
        string built = typeof(BuiltPlugin).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
            .Single(metadata => string.Equals(metadata.Key, "PluginDropFolder", StringComparison.Ordinal)).Value!;   // ! written by the project file
        string target = Path.Combine(into, id);
        Directory.CreateDirectory(target);
        foreach (string file in Directory.EnumerateFiles(Path.Combine(built, id))) File.Copy(file, Path.Combine(target, Path.GetFileName(file)));
        return target;
    }
}
