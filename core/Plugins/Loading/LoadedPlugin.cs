using System.Collections.Concurrent;
using System.Diagnostics;
using System.Reflection;
using System.Runtime.Loader;

namespace BridgeFramework.Plugins;

/// <summary>A plugin in memory, in a load context of its own. Safe to use from any thread.</summary>
public sealed class LoadedPlugin : IDisposable
{
    private const int MaxLeftovers = 100;

    private readonly ConcurrentQueue<string> _leftovers = new();
    private readonly WeakReference _context;
    private PluginContext? _loaded;

    internal LoadedPlugin(PluginManifest manifest, string folder, PluginContext loaded)
    {
        Manifest = manifest;
        Folder = folder;
        _loaded = loaded;
        _context = new WeakReference(loaded.Context);
    }

    /// <summary>What the plugin says of itself.</summary>
    public PluginManifest Manifest { get; }

    /// <summary>The folder it was dropped in. It runs from a private copy: this one may be changed or removed at any time.</summary>
    public string Folder { get; }

    /// <summary>The drivers it brings; none before it has said them, and after <see cref="Dispose"/>.</summary>
    public IReadOnlyList<DriverRegistration> Drivers { get; internal set; } = [];

    /// <summary>Whether the plugin's code and types have left the memory, which happens some time after <see cref="Dispose"/>, or never if
    /// something holds on to them.</summary>
    public bool IsCollected => !_context.IsAlive;

    /// <summary>What of it did not come back, in words: why it may stay in memory.</summary>
    public IReadOnlyCollection<string> Leftovers => [.. _leftovers.Distinct(StringComparer.Ordinal)];

    /// <summary>Notes a call that did not return.</summary>
    /// <param name="what">Which, in words. Only the first hundred are kept.</param>
    public void LeftBehind(string what)
    {
        if (_leftovers.Count < MaxLeftovers) _leftovers.Enqueue(what);
    }

    /// <summary>Whether an exception comes from this plugin: a frame of its stack, or of a cause's, is code of the plugin.</summary>
    /// <param name="exception">An exception that was thrown.</param>
    /// <returns>Still answered after <see cref="Dispose"/>, for threads that the plugin left behind.</returns>
    public bool Owns(Exception exception)
    {
        ArgumentNullException.ThrowIfNull(exception);
        return _context.Target is AssemblyLoadContext context && Owns(exception, context);
    }

    /// <summary>Whether a method is code of this plugin.</summary>
    /// <param name="method">The method.</param>
    /// <returns>Still answered after <see cref="Dispose"/>, while the code is in memory.</returns>
    public bool Owns(MethodInfo method)
    {
        ArgumentNullException.ThrowIfNull(method);
        return _context.Target is AssemblyLoadContext context && IsOf(method.Module.Assembly, context);
    }

    /// <summary>Whether a type is declared in this plugin.</summary>
    /// <param name="type">The type.</param>
    /// <returns>Still answered after <see cref="Dispose"/>, while the code is in memory.</returns>
    public bool Owns(Type type)
    {
        ArgumentNullException.ThrowIfNull(type);
        return _context.Target is AssemblyLoadContext context && IsOf(type.Assembly, context);
    }

    /// <summary>Begins the unload. Dispose what uses the plugin's drivers first, and let go of it. Harmless when repeated.</summary>
    public void Dispose()
    {
        Drivers = [];
        Interlocked.Exchange(ref _loaded, null)?.Dispose();
    }

    /// <summary>Gives id and version.</summary>
    public override string ToString() => Manifest.ToString();

    private static bool Owns(Exception exception, AssemblyLoadContext context)
    {
        if (IsOf(exception.GetType().Assembly, context)) return true;
        foreach (var frame in new StackTrace(exception, fNeedFileInfo: false).GetFrames())
            if (frame.GetMethod() is { } method && IsOf(method.Module.Assembly, context)) return true;
        return exception is AggregateException { InnerExceptions: var causes }
            ? causes.Any(cause => Owns(cause, context))
            : exception.InnerException is { } inner && Owns(inner, context);
    }

    private static bool IsOf(Assembly assembly, AssemblyLoadContext context) =>
        ReferenceEquals(AssemblyLoadContext.GetLoadContext(assembly), context);
}
