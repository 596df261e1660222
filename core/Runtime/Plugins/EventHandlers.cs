using System.Reflection;
using System.Runtime.Loader;
using BridgeFramework.Plugins;

namespace BridgeFramework.Runtime;

/// <summary>Finds handlers of a plugin on events of the whole process, which hold it in memory.</summary>
/// <remarks>Looks at fields that are internal to the runtime: where they have other names some day, such a handler is not named.</remarks>
internal static class EventHandlers
{
    private static readonly (string Event, FieldInfo? Field)[] Events =
    [
        ("AppDomain.ProcessExit", Static(typeof(AppContext), "ProcessExit")),
        ("AppDomain.FirstChanceException", Static(typeof(AppContext), "FirstChanceException")),
        ("AppDomain.UnhandledException", Static(typeof(AppContext), "UnhandledException")),
        ("TaskScheduler.UnobservedTaskException", Static(typeof(TaskScheduler), "UnobservedTaskException")),
        ("AssemblyLoadContext.AssemblyLoad", Static(typeof(AssemblyLoadContext), "AssemblyLoad")),
        ("Console.CancelKeyPress", Static(typeof(Console), "s_cancelCallbacks")),
    ];

    /// <summary>Each event that a method of the plugin handles, in words.</summary>
    public static IEnumerable<string> Of(LoadedPlugin plugin)
    {
        foreach (var (name, field) in Events)
        {
            if (field?.GetValue(null) is not Delegate handlers) continue;
            foreach (var handler in handlers.GetInvocationList())
                if (plugin.Owns(handler.Method)) yield return $"{handler.Method.DeclaringType?.Name}.{handler.Method.Name} handles {name}";
        }
    }

    private static FieldInfo? Static(Type type, string name) => type.GetField(name, BindingFlags.NonPublic | BindingFlags.Public | BindingFlags.Static);
}
