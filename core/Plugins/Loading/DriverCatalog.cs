using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;

namespace BridgeFramework.Plugins;

/// <summary>Which driver name belongs to which driver, of which plugin. Safe to use from any thread.</summary>
public sealed class DriverCatalog
{
    private readonly Lock _changing = new();
    private volatile FrozenDictionary<string, CatalogedDriver> _drivers = FrozenDictionary<string, CatalogedDriver>.Empty;

    /// <summary>The names, sorted; for lists and for "did you mean".</summary>
    public IReadOnlyList<string> Names => [.. _drivers.Keys.Order(StringComparer.Ordinal)];

    /// <summary>Finds a driver.</summary>
    /// <param name="name">Its name, as in <c>"driver"</c>.</param>
    /// <param name="driver">The driver.</param>
    /// <returns><see langword="false"/> where no plugin brings it.</returns>
    public bool TryGet(string name, [NotNullWhen(true)] out CatalogedDriver? driver) => _drivers.TryGetValue(name, out driver);

    /// <summary>Adds the drivers of a plugin, all or none.</summary>
    /// <param name="plugin">The plugin.</param>
    /// <param name="taken">A name that another plugin has already, or <see langword="null"/>.</param>
    /// <returns><see langword="false"/> when a name is taken; nothing was added then.</returns>
    public bool TryAdd(LoadedPlugin plugin, [NotNullWhen(false)] out CatalogedDriver? taken)
    {
        ArgumentNullException.ThrowIfNull(plugin);
        return TryAdd(plugin.Drivers, plugin, out taken);
    }

    /// <summary>Adds drivers that the program brings itself (<see cref="PluginRegistrations.Of"/>), all or none.</summary>
    /// <param name="drivers">The drivers.</param>
    /// <exception cref="ArgumentException">A name is taken; nothing was added.</exception>
    public void Add(IReadOnlyList<DriverRegistration> drivers)
    {
        if (!TryAdd(drivers, out var taken))
            throw new ArgumentException(
                $"There is a driver '{taken.Registration.Info.Name}' already: give yours another name.", nameof(drivers));
    }

    /// <summary>Adds drivers that the program brings itself (<see cref="PluginRegistrations.Of"/>), all or none.</summary>
    /// <param name="drivers">The drivers.</param>
    /// <param name="taken">A driver that has one of the names already, or <see langword="null"/>.</param>
    /// <returns><see langword="false"/> when a name is taken; nothing was added then.</returns>
    public bool TryAdd(IReadOnlyList<DriverRegistration> drivers, [NotNullWhen(false)] out CatalogedDriver? taken) =>
        TryAdd(drivers, plugin: null, out taken);

    /// <summary>Removes the drivers of a plugin; harmless where there are none.</summary>
    /// <param name="plugin">The plugin.</param>
    public void Remove(LoadedPlugin plugin)
    {
        lock (_changing)
            _drivers = _drivers.Where(d => d.Value.Plugin != plugin).ToFrozenDictionary(StringComparer.Ordinal);
    }

    /// <summary>Puts the drivers of one version of a plugin in the place of those of another, at one moment.</summary>
    /// <param name="from">The plugin whose drivers go.</param>
    /// <param name="to">The one whose drivers come; their names belong to nobody else. <see langword="null"/> for none.</param>
    public void Replace(LoadedPlugin from, LoadedPlugin? to)
    {
        lock (_changing)
        {
            var merged = _drivers.Where(d => d.Value.Plugin != from).ToDictionary(StringComparer.Ordinal);
            foreach (var driver in to?.Drivers ?? []) merged.Add(driver.Info.Name, new CatalogedDriver(driver, to));
            _drivers = merged.ToFrozenDictionary(StringComparer.Ordinal);
        }
    }

    private bool TryAdd(IReadOnlyList<DriverRegistration> drivers, LoadedPlugin? plugin, [NotNullWhen(false)] out CatalogedDriver? taken)
    {
        ArgumentNullException.ThrowIfNull(drivers);
        lock (_changing)
        {
            var merged = new Dictionary<string, CatalogedDriver>(_drivers, StringComparer.Ordinal);
            foreach (var driver in drivers)
            {
                if (merged.TryGetValue(driver.Info.Name, out taken)) return false;
                merged.Add(driver.Info.Name, new CatalogedDriver(driver, plugin));
            }

            _drivers = merged.ToFrozenDictionary(StringComparer.Ordinal);
            taken = null;
            return true;
        }
    }
}

/// <summary>A driver and where it came from.</summary>
/// <param name="Registration">The driver.</param>
/// <param name="Plugin">The plugin that brought it; <see langword="null"/> for one that the program brings itself.</param>
public sealed record CatalogedDriver(DriverRegistration Registration, LoadedPlugin? Plugin);
