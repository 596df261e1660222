using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.Json;
using BridgeFramework.Plugins;
using Microsoft.Extensions.Logging;

namespace BridgeFramework.Runtime;

/// <summary>Looks whether a plugin that was let go has left the memory, and says what is known of why it has not.</summary>
internal sealed partial class UnloadCheck(TimeProvider time, ILogger<UnloadCheck> logger)
{
    // The only collections that the gateway ever forces: this many for each plugin that goes.
    private const int Collections = 3;
    private const int WorthRestart = 20;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestCollection = TimeSpan.FromSeconds(30);

    private readonly Lock _gate = new();
    private readonly List<LoadedPlugin> _leaving = [];
    private readonly List<LoadedPlugin> _pinned = [];

    /// <summary>The plugins that were let go and are still in memory.</summary>
    public IReadOnlyList<LoadedPlugin> InMemory
    {
        get
        {
            lock (_gate)
            {
                _leaving.RemoveAll(plugin => plugin.IsCollected);
                return [.. _leaving];
            }
        }
    }

    /// <summary>Those of them that were looked for often enough: something holds them.</summary>
    public IReadOnlyList<LoadedPlugin> Pinned
    {
        get
        {
            lock (_gate) return [.. _pinned.Where(plugin => !plugin.IsCollected)];
        }
    }

    /// <summary>Lets a plugin go. Nothing of it may run any more.</summary>
    /// <returns>A task that ends when it has left, or has been looked for often enough. It does not fail.</returns>
    public Task LetGoAsync(LoadedPlugin plugin)
    {
        lock (_gate) _leaving.Add(plugin);
#pragma warning disable IDISP007 // Handed over to be let go.
        plugin.Dispose();
#pragma warning restore IDISP007
        return CheckAsync(plugin);
    }

    /// <summary>What is known of why a plugin stays.</summary>
    public static IEnumerable<string> CausesOf(LoadedPlugin plugin)
    {
        foreach (string left in plugin.Leftovers) yield return left;
        foreach (string handler in EventHandlers.Of(plugin)) yield return handler;
        if (plugin.Leftovers.Count == 0 && !EventHandlers.Of(plugin).Any())
            yield return "a timer, thread, handler or registration of its own that it did not end; or a host name that is still looked up, "
                + "which ends by itself";
    }

    private async Task CheckAsync(LoadedPlugin plugin)
    {
        ReflectionCaches.Clear();
        for (int i = 0; i < Collections && !plugin.IsCollected; i++)
        {
            await Task.Delay(Pause, time);
            // Real time: a finalizer that never ends would keep it for ever.
            await OwnThread.RunAsync(Collect).WaitAsync(LongestCollection, TimeProvider.System)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        // Compiling and loading what came in its place has left more of it than before.
        await OwnThread.RunAsync(NativeHeap.Trim);
        if (plugin.IsCollected)
        {
            LogLeft(logger, plugin.Manifest.Id, plugin.Manifest.Version);
            return;
        }

        lock (_gate) _pinned.Add(plugin);
        LogStays(logger, plugin.Manifest.Id, plugin.Manifest.Version, string.Join("; ", CausesOf(plugin)));
        int count = Pinned.Count;
        if (count >= WorthRestart) LogRestart(logger, count);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Collect()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
    }

    [LoggerMessage(4511, LogLevel.Debug, "Plugin {Plugin} {Version} has left the memory")]
    private static partial void LogLeft(ILogger logger, string plugin, string version);

    [LoggerMessage(4512, LogLevel.Warning, "Plugin {Plugin} {Version} is unloaded, but its code stays in memory: {Causes}")]
    private static partial void LogStays(ILogger logger, string plugin, string version, string causes);

    [LoggerMessage(4513, LogLevel.Warning, "{Count} unloaded versions of plugins stay in memory: restart the gateway when it suits")]
    private static partial void LogRestart(ILogger logger, int count);

    /// <summary>The caches of the runtime that hold types of a plugin which serialized by reflection.</summary>
    private static class ReflectionCaches
    {
        // Internal to the runtime: where it has another name some day, such a plugin stays in memory and is told of.
        private static readonly MethodInfo? ClearCache = typeof(JsonSerializer).Assembly
            .GetType("System.Text.Json.JsonSerializerOptionsUpdateHandler")?.GetMethod(
                "ClearCache", BindingFlags.Public | BindingFlags.Static);

        public static void Clear() => ClearCache?.Invoke(null, [null]);
    }
}
