using System.Reflection;
using System.Runtime.Loader;
using McMaster.NETCore.Plugins;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace BridgeFramework.Plugins;

/// <summary>The one place that knows how assemblies of a plugin are loaded: a collectible context over its private copy.</summary>
/// <remarks>
/// Loaded by path, so that native libraries and memory mapping work as usual; nobody writes to the copy. Shared with the gateway
/// are the contract and what it refers to; a library that both happen to have stays each side's own.
/// </remarks>
internal sealed class PluginContext : IDisposable
{
    private static readonly Type[] Shared = [typeof(IBridgePlugin), typeof(IServiceCollection), typeof(ILogger)];

    private readonly PluginLoader _loader;

    private PluginContext(PluginLoader loader) => _loader = loader;

    public AssemblyLoadContext Context => _loader.LoadContext;

    /// <summary>Makes the context. Loads no code yet.</summary>
    /// <exception cref="PluginRejectedException">The list of dependencies that the build wrote is not usable.</exception>
    public static PluginContext Create(string mainAssemblyPath)
    {
        try
        {
            return new PluginContext(PluginLoader.CreateFromAssemblyFile(
                mainAssemblyPath, isUnloadable: true, Shared, config => config.PreferSharedTypes = false));
        }
        catch (Exception exception) when (exception is not (IOException or UnauthorizedAccessException or OutOfMemoryException))
        {
            string list = Path.ChangeExtension(Path.GetFileName(mainAssemblyPath), ".deps.json");
            throw new PluginRejectedException($"its {list} is damaged", Remedies.CopyFolderAgain);
        }
    }

    public Assembly LoadMainAssembly() => _loader.LoadDefaultAssembly();

    public void Dispose() => _loader.Dispose();
}
