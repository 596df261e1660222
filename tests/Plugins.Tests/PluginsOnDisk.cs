using System.Reflection;
using BridgeFramework.Plugins;
using BridgeFramework.Runtime;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;

namespace BridgeFramework.Plugins.Tests;

/// <summary>A plugin folder of one test, filled with copies of the real plugins that the build made.</summary>
internal sealed class PluginsOnDisk : IDisposable
{
    private static readonly Dictionary<string, string> BuildFacts = typeof(PluginsOnDisk).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>().ToDictionary(a => a.Key, a => a.Value ?? "", StringComparer.Ordinal);

    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("plugins-");
    private readonly ILoggerFactory _loggers;

    public PluginsOnDisk() =>
        _loggers = LoggerFactory.Create(logging => logging.Services.AddSingleton<ILoggerProvider>(_ => new FakeLoggerProvider(Log)));

    public static string CrashHost => BuildFacts["CrashHost"];

    public static string Repository => BuildFacts["Repository"];

    public static string Sealer => BuildFacts["Sealer"];

    public string Folder => Path.Combine(_root.FullName, "plugins");

    /// <summary>Where the private copies are.</summary>
    public string RunFolder => Path.Combine(_root.FullName, "data", "plugins");

    public FakeLogCollector Log { get; } = new();

    /// <summary>A DLL that two classes in it make no plugin.</summary>
    public static string TwoEntryPoints => BuildFacts["TwoEntryPoints"];

    /// <summary>Which builds may run.</summary>
    public PluginTrust Trust { get; set; } = PluginTrust.Any;

    /// <summary>Starts a host on what was dropped, as a gateway does.</summary>
    public async Task<PluginHost> StartAsync(TimeProvider? time = null)
    {
        var host = CreateHost(time);
        await host.StartAsync(TestContext.Current.CancellationToken);
        return host;
    }

    /// <summary>Makes a host that has not looked into the folder yet.</summary>
    public PluginHost CreateHost(TimeProvider? time = null) => new(
        new PluginHostOptions
        {
            DropFolder = Folder,
            DataFolder = Path.Combine(_root.FullName, "data"),
            Trust = Trust,
            ProvenAfter = TimeSpan.FromHours(1), // another time than those that tests wait for
        },
        time ?? TimeProvider.System,
        _loggers);

    /// <summary>Keeps and loads one plugin, and removes its other copies.</summary>
    public async Task<LoadedPlugin> KeepAndLoadAsync(string folder)
    {
        var vault = new PluginVault(RunFolder, Trust, TimeProvider.System);
        using var received = vault.Receive(folder);
        vault.Keep(received);
        vault.Tidy(received.Manifest.Id, received.Manifest.Digest);
        return await vault.LoadAsync(received.Manifest.Id, received.Manifest.Digest, folder, TestContext.Current.CancellationToken);
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

    /// <summary>Drops the plugin that does as it is told, and tells it. Its manifest promises what it does when it behaves.</summary>
    public string DropMisbehaving(string behaviour)
    {
        string target = Drop("misbehaving");
        File.WriteAllText(Path.Combine(target, "behaviour"), behaviour);
        PluginSeal.Renew(target);
        return target;
    }

    /// <summary>Drops it with changed files or another manifest, and seals it as if its build had made it so.</summary>
    public string DropSealed(Action<string>? files = null, Func<PluginManifest, PluginManifest>? manifest = null)
    {
        string target = Drop("misbehaving");
        files?.Invoke(target);
        var built = PluginManifestReader.Read(target);
        PluginSeal.Write(target, manifest?.Invoke(built) ?? built);
        return target;
    }

    public void Dispose()
    {
        _loggers.Dispose();
        _root.Delete(recursive: true);
    }
}
