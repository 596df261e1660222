using System.Globalization;
using BridgeFramework.Runtime;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace BridgeFramework.Gateway;

/// <summary>Plugins for a person's eyes.</summary>
internal static class PrintedPlugins
{
    public static IEnumerable<IRenderable> List(PluginListView list)
    {
        if (list.Plugins.Count == 0)
            yield return new Markup(
                "There are no plugins: 'bridge plugin install PATH', or drop a plugin's folder into the plugin folder.\n");
        else yield return Table(list.Plugins);
    }

    /// <summary>One line for each.</summary>
    public static MarkedTable Table(IReadOnlyList<PluginView> plugins)
    {
        var table = new MarkedTable("plugin", "version", "state", "drivers");
        foreach (var plugin in plugins)
        {
            string drivers = plugin.Reason is null ? string.Join(", ", plugin.Drivers) : $"{plugin.Reason}: {plugin.Remedy}";
            table.Add(plugin.Ok, plugin.Name, plugin.Version ?? "-", StateOf(plugin), drivers);
        }

        return table;
    }

    public static IEnumerable<IRenderable> Detail(PluginView plugin)
    {
        yield return new Markup(
            $"[bold]{Terminal.Shown(plugin.Name)}[/]  {Terminal.Shown(plugin.Version ?? "")}  {Terminal.Shown(StateOf(plugin))}\n\n");
        var grid = Grid();
        Add(grid, "entry", plugin.Entry);
        Add(grid, "drivers", string.Join(", ", plugin.Drivers));
        Add(grid, "channels", string.Join(", ", plugin.Channels));
        Add(grid, "digest", plugin.Digest);
        Add(grid, "before", plugin.PreviousVersion is { } previous ? $"{previous}: bridge plugin rollback {plugin.Name}" : null);
        Add(grid, "trouble", plugin.Reason is null ? null : $"{plugin.Reason}: {plugin.Remedy}");
        foreach (string still in plugin.StillInMemory) Add(grid, "in memory", still);
        yield return grid;
    }

    public static IEnumerable<IRenderable> Manifest(PluginManifestView plugin)
    {
        yield return new Markup($"[bold]{Terminal.Shown(plugin.Name)}[/]  {Terminal.Shown(plugin.Version)}  can be loaded\n\n");
        var grid = Grid();
        Add(grid, "drivers", string.Join(", ", plugin.Drivers));
        Add(grid, "contract", plugin.ContractVersion);
        Add(grid, "toolkit", plugin.ToolkitVersion);
        Add(grid, "files", plugin.Files.ToString(CultureInfo.InvariantCulture));
        Add(grid, "digest", plugin.Digest);
        yield return grid;
    }

    private static Grid Grid() => new Grid().AddColumn(new GridColumn().NoWrap().PadLeft(0).PadRight(2)).AddColumn();

    private static void Add(Grid grid, string name, string? value)
    {
        if (!string.IsNullOrEmpty(value)) grid.AddRow($"[dim]{name}[/]", Terminal.Shown(value));
    }

    private static string StateOf(PluginView plugin) => plugin.State switch
    {
        PluginState.Loaded => "loaded",
        PluginState.OnTrial => $"on trial, {Words.For(TimeSpan.FromSeconds(plugin.TrialSecondsLeft ?? 0))} left",
        PluginState.Arriving => "arriving",
        _ => "not loaded",
    };
}
