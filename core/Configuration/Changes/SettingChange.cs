namespace BridgeFramework.Configuration;

/// <summary>A setting that has another value.</summary>
/// <param name="Path">Where it is, such as <c>hub.host</c>.</param>
/// <param name="From">What it was, <c>***</c> for a secret; <see langword="null"/> where it was not set.</param>
/// <param name="To">What it is to be, likewise.</param>
public sealed record SettingChange(string Path, string? From = null, string? To = null)
{
    /// <summary>Such as <c>hub.keepAlive 4m -> 2m</c>.</summary>
    public override string ToString() => $"{Path} {From ?? "(not set)"} -> {To ?? "(not set)"}";

    /// <summary>What differs, in the order of the paths. Of what comes or goes as a whole nothing below it is named.</summary>
    internal static IReadOnlyList<SettingChange> Between(
        IReadOnlyDictionary<string, PlanValue> from, IReadOnlyDictionary<string, PlanValue> to)
    {
        var changes = from.Keys.Union(to.Keys, StringComparer.Ordinal)
            .Select(path => (Path: path, Was: Find(from, path), Is: Find(to, path)))
            .Where(setting => !Equals(setting.Was?.Value, setting.Is?.Value))
            .OrderBy(setting => setting.Path, StringComparer.Ordinal).ToList();
        string[] whole = [.. changes.Where(setting => (setting.Was ?? setting.Is) is { IsWhole: true }).Select(setting => setting.Path)];
        return
        [
            .. changes.Where(setting => !whole.Any(above => setting.Path.StartsWith($"{above}.", StringComparison.Ordinal)))
                .Select(setting => new SettingChange(setting.Path, setting.Was?.Text, setting.Is?.Text)),
        ];
    }

    private static PlanValue? Find(IReadOnlyDictionary<string, PlanValue> values, string path) =>
        values.TryGetValue(path, out var value) ? value : null;
}
