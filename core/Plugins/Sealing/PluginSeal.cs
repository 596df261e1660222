using System.Diagnostics;

namespace BridgeFramework.Plugins;

/// <summary>Writes the manifest of a plugin's folder: who it is, what it brings, and the digest of each of its files.</summary>
/// <remarks>The manifest is written last and at once, so that a folder with a manifest is complete.</remarks>
public static class PluginSeal
{
    private const string Toolkit = "BridgeFramework.Drivers.dll";

    /// <summary>Its name is known, so that one that was left behind does not become a part of the plugin.</summary>
    private const string Unfinished = ".plugin.json.unfinished";

    /// <summary>Seals a folder that holds all files of a plugin. Runs <see cref="IBridgePlugin.Configure"/>
    /// to learn of the drivers.</summary>
    /// <param name="folder">The plugin's folder.</param>
    /// <param name="plugin">Who it is.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>What was written.</returns>
    /// <exception cref="PluginRejectedException">No gateway would run it; nothing was written.</exception>
    public static async Task<PluginManifest> WriteAsync(string folder, PluginIdentity plugin, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(plugin);
        folder = Path.GetFullPath(folder);
        var files = FilesOf(folder);
        OwnContract.Refuse(files);
        string assembly = Path.Combine(folder, plugin.Assembly);
        string entryPoint = new PluginAssembly(assembly).FindEntryPoint(files);
        using var context = PluginContext.Create(assembly);
        var drivers = await new PluginActivation(context, entryPoint, TimeProvider.System).RunAsync(cancellationToken);
        return Write(folder, new PluginManifest
        {
            Id = plugin.Id,
            Version = plugin.Version,
            Assembly = plugin.Assembly,
            // The sealer comes with the contract that the plugin was compiled against.
            ContractVersion = ContractVersion.OfThisGateway,
            ToolkitVersion = ToolkitOf(folder),
            Drivers = [.. drivers.Select(ManifestDriver.Of)],
            Files = new Dictionary<string, string>(StringComparer.Ordinal),
            Digest = "",
        });
    }

    /// <summary>Seals a folder again whose files have changed; what its manifest says beside them stays. Runs
    /// no code of the plugin.</summary>
    /// <remarks>For tests, and for tools that change a plugin after its build, such as signing its assemblies.</remarks>
    /// <param name="folder">The plugin's folder, with a manifest.</param>
    /// <returns>What was written.</returns>
    /// <exception cref="PluginRejectedException">The manifest there, or the one that was to be written, is not usable.</exception>
    public static PluginManifest Renew(string folder) => Write(folder, PluginManifestReader.Read(folder));

    /// <summary>Writes a manifest with the digests of the files that are there, in place of those it has.</summary>
    internal static PluginManifest Write(string folder, PluginManifest manifest)
    {
        var files = FilesOf(folder).ToDictionary(
            file => file, file => PluginFiles.DigestOf(Path.Combine(folder, file)), StringComparer.Ordinal);
        byte[] bytes = PluginManifestWriter.Write(manifest with { Files = files });
        // What a gateway would not read must not leave the build.
        var written = PluginManifestReader.Parse(bytes);
        string unfinished = Path.Combine(folder, Unfinished);
#pragma warning disable RS0030 // A build's output, which everybody may read and which is made again: no private file, and not worth a sync.
        File.WriteAllBytes(unfinished, bytes);
        File.Move(unfinished, Path.Combine(folder, PluginManifest.FileName), overwrite: true);
#pragma warning restore RS0030
        return written;
    }

    private static IReadOnlyList<string> FilesOf(string folder)
    {
        File.Delete(Path.Combine(folder, Unfinished));
        return [.. PluginFiles.In(folder).Where(file => !Litter.Is(file))];
    }

    private static string? ToolkitOf(string folder)
    {
        string toolkit = Path.Combine(folder, Toolkit);
        return File.Exists(toolkit) ? FileVersionInfo.GetVersionInfo(toolkit).ProductVersion?.Split('+')[0] : null;
    }
}
