namespace BridgeFramework.Plugins;

/// <summary>Asks a plugin for its drivers.</summary>
public static class PluginRegistrations
{
    /// <summary>Runs <see cref="IBridgePlugin.Configure"/> and gives what it registered. No file, no load context: for tests and for
    /// programs that bring drivers of their own.</summary>
    /// <param name="plugin">The plugin.</param>
    /// <returns>Its drivers, in the order they were added; at least one.</returns>
    /// <exception cref="ArgumentException">A registration is not usable; the message says why.</exception>
    /// <exception cref="InvalidOperationException">The plugin registered nothing.</exception>
    public static IReadOnlyList<DriverRegistration> Of(IBridgePlugin plugin)
    {
        ArgumentNullException.ThrowIfNull(plugin);
        var builder = new PluginBuilder();
        plugin.Configure(builder);
        return builder.Complete();
    }
}
