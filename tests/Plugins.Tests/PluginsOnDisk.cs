using System.Reflection;
using BridgeFramework.Plugins;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;

namespace BridgeFramework.Plugins.Tests;

/// <summary>A plugin folder of one test, filled with copies of the real plugins that the build made.</summary>
internal sealed class PluginsOnDisk : IDisposable
{
    private static readonly Dictionary<string, string> BuildFacts = typeof(PluginsOnDisk).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>().ToDictionary(a => a.Key, a => a.Value ?? "", StringComparer.Ordinal);

    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("plugins-");

    public static string CrashHost => BuildFacts["CrashHost"];

    public string Folder => Path.Combine(_root.FullName, "plugins");

    public string RunFolder => Path.Combine(_root.FullName, "run");

    public FakeLogCollector Log { get; } = new();

    public async Task<PluginScan> ScanAsync(TimeProvider? time = null)
    {
        using var provider = new FakeLoggerProvider(Log);
        using var loggers = new LoggerFactory([provider]);
        return await new PluginFolder(Folder, RunFolder, loggers, time).ScanAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>Drops a copy of a fixture under a name of its own.</summary>
    public string Drop(string fixture, string? name = null)
    {
        string source = Path.Combine(BuildFacts["FixtureFolder"], fixture);
        string target = Path.Combine(Folder, name ?? fixture);
        foreach (string file in Directory.EnumerateFiles(source, "*", SearchOption.AllDirectories))
        {
            string copy = Path.Combine(target, Path.GetRelativePath(source, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy) ?? target);
            File.Copy(file, copy);
        }

        return target;
    }

    /// <summary>Drops the plugin that does as it is told, and tells it.</summary>
    public string DropMisbehaving(string behaviour)
    {
        string target = Drop("misbehaving");
        File.WriteAllText(Path.Combine(target, "behaviour"), behaviour);
        return target;
    }

    public void Dispose() => _root.Delete(recursive: true);
}
