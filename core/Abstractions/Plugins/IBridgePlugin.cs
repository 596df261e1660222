namespace BridgeFramework;

/// <summary>The entry point of a plugin: says which drivers it brings. One public class per plugin implements it.</summary>
/// <remarks>
/// <para>The gateway finds the class in the plugin's main assembly, creates it with its parameterless constructor and
/// calls <see cref="Configure"/> once for each load of the plugin, before any channel runs, on a thread of its own choice.</para>
/// <para>A constructor or <see cref="Configure"/> that throws makes the plugin fail to load: the gateway says so, by
/// plugin and reason, and goes on without it. Do no work here: no I/O, no threads, no waiting.</para>
/// </remarks>
public interface IBridgePlugin
{
    /// <summary>Registers the plugin's drivers.</summary>
    /// <param name="builder">Takes the registrations; not valid after this call returns.</param>
    void Configure(IPluginBuilder builder);
}
