using System.Text.Json;
using BridgeFramework.Files;

namespace BridgeFramework.Configuration;

/// <summary>Finds out whether others can change what a configuration names: whoever can decides who the gateway is, or which code it
/// runs.</summary>
internal sealed class ExposureSearch
{
    private readonly List<NamedExposure> _found = [];

    /// <summary>What has been found so far.</summary>
    public IReadOnlyList<NamedExposure> Found => _found;

    public void Add(Origin origin, IEnumerable<Exposure> exposures) =>
        _found.AddRange(exposures.Select(exposure => new NamedExposure(origin, exposure)));

    /// <summary>Looks at a file that is being read.</summary>
    public void Look(Origin origin, string path, FileStream opened) => Add(origin, Exposures.Of(path, opened));

    /// <summary>Looks at a file that somebody else reads.</summary>
    public void Look(Origin origin, string path)
    {
        if (IsPath(path)) Add(origin, Exposures.Of(path)); // what is none is said by whoever reads it
    }

    /// <summary>Looks at what nobody reads while a configuration is loaded, and at what all those commands have that look for a running
    /// gateway: on a disk of this machine. The plugin folder may be elsewhere, and is looked at by whoever loads plugins.</summary>
    /// <param name="expanded">The configuration, paths absolute.</param>
    public void LookAtNamed(ConfigurationNode expanded)
    {
        if (expanded["data"]?["folder"] is { } folder) LookAtData(folder);
        // The command of an update runs as the gateway does.
        foreach (var part in expanded["firmware"]?["gatewayCommand"]?.Items ?? [])
            if (PathIn(part) is { } path && File.Exists(path)) Look(part.Origin, path);
    }

    private void LookAtData(ConfigurationNode folder)
    {
        if (PathIn(folder) is not { } path) return;
        Add(folder.Origin, Exposures.Of(path, isFilledByUs: true));
        // Which code ran last is written down there, and is kept there, and so is the last good configuration: somebody may have opened
        // it with all that is in it, and have closed the folder alone again.
        foreach (string name in (ReadOnlySpan<string>)["plugins", "plugins.json", ConfigurationFiles.KeptFolder])
            if (Path.Join(path, name) is var kept && Path.Exists(kept)) Look(folder.Origin, kept);
    }

    private static string? PathIn(ConfigurationNode node) =>
        node is { Kind: JsonValueKind.String, Text: var text } && Path.IsPathFullyQualified(text) && IsPath(text) ? text : null;

    private static bool IsPath(string text) => text.Length > 0 && !text.Contains('\0', StringComparison.Ordinal);
}
