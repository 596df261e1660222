using System.Reflection;
using BridgeFramework.Plugins;

namespace BridgeFramework.Runtime;

/// <summary>Says whose work waits in the queues of the thread pool, as far as the runtime lets it be seen.</summary>
/// <remarks>
/// The runtime has this for debuggers only: what is read here is not its public face, and where that changes nobody is named. A test tells.
/// </remarks>
internal static class QueuedWork
{
    private const int MostItems = 20_000;
    private const BindingFlags Hidden = BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    private static readonly MethodInfo? Enumerate =
        typeof(ThreadPool).GetMethod("GetQueuedWorkItems", BindingFlags.Static | BindingFlags.NonPublic, Type.EmptyTypes);

    /// <summary>Counts the items of each plugin. Never throws; runs no code of a plugin.</summary>
    public static IReadOnlyDictionary<LoadedPlugin, int> CountOf(IReadOnlyList<LoadedPlugin> plugins)
    {
        Dictionary<LoadedPlugin, int> counts = [];
        try
        {
            if (Enumerate?.Invoke(null, parameters: null) is not IEnumerable<object> items) return counts;
            var fields = new Dictionary<Type, FieldInfo[]>();
            foreach (object item in items.Take(MostItems))
                if (plugins.FirstOrDefault(plugin => IsOf(plugin, item, fields)) is { } owner)
                    counts[owner] = counts.GetValueOrDefault(owner) + 1;
        }
        catch (Exception)
        {
            // Another runtime, another inside: nobody is named.
        }

        return counts;
    }

    /// <summary>An item carries a delegate, or is the state machine of an asynchronous method, whose type is among its arguments.</summary>
    private static bool IsOf(LoadedPlugin plugin, object? item, Dictionary<Type, FieldInfo[]> fields)
    {
        if (item is null) return false;
        var type = item.GetType();
        if (plugin.Owns(type) || type.GenericTypeArguments.Any(plugin.Owns)) return true;
        if (!fields.TryGetValue(type, out var delegates)) fields[type] = delegates = DelegatesOf(type);
        foreach (var field in delegates)
            if (field.GetValue(item) is Delegate work && (plugin.Owns(work.Method) || IsMachineOf(plugin, work.Target))) return true;
        return false;
    }

    private static bool IsMachineOf(LoadedPlugin plugin, object? target) =>
        target is not null && (plugin.Owns(target.GetType()) || target.GetType().GenericTypeArguments.Any(plugin.Owns));

    private static FieldInfo[] DelegatesOf(Type? type)
    {
        List<FieldInfo> found = [];
        for (; type is not null && type != typeof(object); type = type.BaseType)
            found.AddRange(type.GetFields(Hidden | BindingFlags.Public).Where(field => typeof(Delegate).IsAssignableFrom(field.FieldType)));
        return [.. found];
    }
}
