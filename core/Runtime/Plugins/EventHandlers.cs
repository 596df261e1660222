using System.Reflection;
using System.Runtime.Loader;
using BridgeFramework.Plugins;

namespace BridgeFramework.Runtime;

/// <summary>Finds handlers of a plugin on events of the whole process, which hold it in memory.</summary>
/// <remarks>Looks at fields that are internal to the runtime: where they have other names some day, such a handler is not named.</remarks>
internal static class EventHandlers
{
    private static readonly (string Event, object? Owner, FieldInfo? Field)[] Events =
    [
        ("AppDomain.ProcessExit", AppDomain.CurrentDomain, FieldOf(typeof(AppDomain), "ProcessExit")),
        ("AppDomain.DomainUnload", AppDomain.CurrentDomain, FieldOf(typeof(AppDomain), "DomainUnload")),
        ("AppDomain.FirstChanceException", null, FieldOf(typeof(AppContext), "FirstChanceException")),
        ("AppDomain.UnhandledException", null, FieldOf(typeof(AppContext), "UnhandledException")),
        ("AppDomain.AssemblyLoad", null, FieldOf(typeof(AssemblyLoadContext), "AssemblyLoad")),
        ("AppDomain.AssemblyResolve", null, FieldOf(typeof(AssemblyLoadContext), "AssemblyResolve")),
        ("AssemblyLoadContext.Default.Resolving", AssemblyLoadContext.Default, FieldOf(typeof(AssemblyLoadContext), "_resolving")),
        ("AssemblyLoadContext.Default.Unloading", AssemblyLoadContext.Default, FieldOf(typeof(AssemblyLoadContext), "_unloading")),
        ("TaskScheduler.UnobservedTaskException", null, FieldOf(typeof(TaskScheduler), "UnobservedTaskException")),
        ("Console.CancelKeyPress", null, FieldOf(typeof(Console), "s_cancelCallbacks")),
    ];

    /// <summary>Each event that a method of the plugin handles, in words.</summary>
    public static IEnumerable<string> Of(LoadedPlugin plugin)
    {
        foreach (var (name, owner, field) in Events)
        {
            if (field?.GetValue(owner) is not Delegate handlers) continue;
            foreach (var handler in handlers.GetInvocationList())
                if (plugin.Owns(handler.Method)) yield return $"{handler.Method.DeclaringType?.Name}.{handler.Method.Name} handles {name}";
        }
    }

    private static FieldInfo? FieldOf(Type type, string name) =>
        type.GetField(name, BindingFlags.NonPublic | BindingFlags.Public | BindingFlags.Static | BindingFlags.Instance);
}
