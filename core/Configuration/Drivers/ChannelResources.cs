namespace BridgeFramework.Configuration;

/// <summary>Finds channels that would disturb each other: two with the same port or adapter, which only one may own; two to the same
/// device.</summary>
internal sealed class ChannelResources(ICollection<ConfigurationMistake> mistakes)
{
    /// <summary>Settings by which drivers name what a channel talks to.</summary>
    private static readonly string[] EndpointNames = ["host", "address", "device", "path", "adapter", "port"];
    private readonly Dictionary<string, string> _owners = new(StringComparer.Ordinal);

    /// <summary>Looks at one channel more.</summary>
    public void Check(string name, ConfigurationNode channel, DriverSchemas schemas)
    {
        if (!channel.TryGetObject("settings", out var settings)) return;
        var form = new JsonSchema(schemas.Channel);
        if (schemas.Info.ExclusiveSettings is { Count: > 0 } exclusive) CheckOwner(name, settings, form, schemas.Info, exclusive);
        else CheckEndpoint(name, settings, form, schemas.Info);
    }

    private void CheckOwner(
        string name, ConfigurationNode settings, JsonSchema form, DriverInfo driver, IReadOnlyList<string> exclusive)
    {
        // Without all of them there is no such resource: a channel on TCP has no serial port.
        if (ValuesOf(settings, form, exclusive) is not { } resource) return;
        string key = $"{driver.Name}: {resource}";
        if (_owners.TryAdd(key, name)) return;
        bool secret = exclusive.Any(SecretNames.IsSecret);
        mistakes.Add(OriginOf(settings, exclusive).Mistake(
            $"the channel '{_owners[key]}' uses {(secret ? "the same" : resource)} already: only one "
                + $"channel of the driver \"{driver.Name}\" may."));
    }

    private void CheckEndpoint(string name, ConfigurationNode settings, JsonSchema form, DriverInfo driver)
    {
        string[] names = [.. EndpointNames.Intersect(form.PropertyNames, StringComparer.Ordinal)];
        if (names is [] or ["port"] || ValuesOf(settings, form, names) is not { } endpoint) return;
        // Names of hosts are the same in any case.
        string key = $"{driver.Name}: {endpoint.ToUpperInvariant()}";
        if (_owners.TryAdd(key, name)) return;
        mistakes.Add(OriginOf(settings, names).Mistake(
            $"the channel '{_owners[key]}' has the same {endpoint}: many devices take one connection only; let one channel have all of "
                + "its sub-devices.",
            isWarning: true));
    }

    private static string? ValuesOf(ConfigurationNode settings, JsonSchema form, IReadOnlyList<string> names)
    {
        var values = new List<string>(names.Count);
        foreach (string name in names)
        {
            if (form.ValueIn(settings, name) is not { } value || value is "null") return null;
            values.Add($"{name} {value}");
        }

        return string.Join(", ", values);
    }

    private static Origin OriginOf(ConfigurationNode settings, IReadOnlyList<string> names) =>
        names.Select(name => settings[name]?.Origin).FirstOrDefault(origin => origin is not null) ?? settings.Origin;
}
