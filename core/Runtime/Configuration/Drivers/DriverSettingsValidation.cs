using System.Text.Json;
using BridgeFramework.Plugins;

namespace BridgeFramework.Runtime;

/// <summary>Holds the parts of a configuration that belong to drivers against what those drivers say they understand.</summary>
public static class DriverSettingsValidation
{
    /// <summary>Checks <c>settings</c> and <c>at</c> of every channel, sub-device and point.</summary>
    /// <param name="result">A configuration as loaded, with or without mistakes.</param>
    /// <param name="drivers">The drivers that plugins have brought.</param>
    /// <returns>The same with more mistakes. A driver that nobody has brought is a warning: its channels wait for it.</returns>
    public static ConfigurationResult Validate(ConfigurationResult result, DriverCatalog drivers)
    {
        ArgumentNullException.ThrowIfNull(drivers);
        var schemas = new Dictionary<string, DriverSchemas>(StringComparer.Ordinal);
        foreach (string name in drivers.Names)
            if (drivers.TryGet(name, out var driver)) schemas.Add(name, DriverSchemas.Of(driver.Registration));
        return Validate(result, schemas);
    }

    /// <inheritdoc cref="Validate(ConfigurationResult, DriverCatalog)"/>
    public static ConfigurationResult Validate(ConfigurationResult result, IReadOnlyDictionary<string, DriverSchemas> drivers)
    {
        ArgumentNullException.ThrowIfNull(result);
        ArgumentNullException.ThrowIfNull(drivers);
        var mistakes = new List<ConfigurationMistake>();
        var validator = new SchemaValidator(mistakes);
        var owners = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, _, channel) in result.Source?.Expanded["channels"]?.Members ?? [])
        {
            if (channel["driver"] is not { Kind: JsonValueKind.String } driver) continue;
            if (!drivers.TryGetValue(driver.Text, out var schemas))
            {
                mistakes.Add(driver.Origin.Mistake(Unknown(driver.Text, drivers.Keys), isWarning: true));
                continue;
            }

            CheckChannel(channel, schemas, validator);
            CheckOwner(name, channel, schemas, owners, mistakes);
        }

        return result.With(mistakes);
    }

    private static string Unknown(string driver, IEnumerable<string> known)
    {
        var names = known.Order(StringComparer.Ordinal).ToList();
        string meant = NearName.Find(driver, names) is { } near ? $"did you mean \"{near}\"?"
            : names.Count == 0 ? "there are no drivers at all."
            : $"there are {string.Join(", ", names)}.";
        return $"no plugin brings the driver \"{driver}\", and the channel waits for it: {meant}";
    }

    private static void CheckChannel(ConfigurationNode channel, DriverSchemas schemas, SchemaValidator validator)
    {
        if (channel.TryGetObject("settings", out var settings)) validator.Validate(settings, new JsonSchema(schemas.Channel));
        foreach (var device in channel["devices"]?.Items ?? [])
        {
            if (device.TryGetObject("settings", out var its)) validator.Validate(its, new JsonSchema(schemas.Device));
            foreach (var point in device["points"]?.Members ?? [])
                if (point.Value.TryGetObject("at", out var at)) validator.Validate(at, new JsonSchema(schemas.Point));
        }
    }

    /// <summary>Two channels that would use the same port, adapter or endpoint disturb each other.</summary>
    private static void CheckOwner(
        string name, ConfigurationNode channel, DriverSchemas schemas, Dictionary<string, string> owners, List<ConfigurationMistake> mistakes)
    {
        var exclusive = schemas.Info.ExclusiveSettings;
        if (exclusive.Count == 0 || !channel.TryGetObject("settings", out var settings)) return;
        var values = new List<string>(exclusive.Count);
        foreach (string setting in exclusive)
        {
            string? value = settings[setting]?.ToJsonElement().GetRawText() ?? new JsonSchema(schemas.Channel).Property(setting)?.Default?.ToJsonString();
            // Without all of them there is no such resource: a channel on TCP has no serial port.
            if (value is null or "null") return;
            values.Add($"{setting} {value}");
        }

        string resource = string.Join(", ", values);
        if (owners.TryAdd($"{schemas.Info.Name}: {resource}", name)) return;
        var origin = exclusive.Select(s => settings[s]?.Origin).FirstOrDefault(o => o is not null) ?? settings.Origin;
        bool secret = exclusive.Any(SecretNames.IsSecret);
        mistakes.Add(origin.Mistake(
            $"the channel '{owners[$"{schemas.Info.Name}: {resource}"]}' uses {(secret ? "the same" : resource)} already: only one channel of the driver \"{schemas.Info.Name}\" may."));
    }
}
