using System.Text.Json;
using System.Text.Json.Nodes;
using BridgeFramework.Plugins;

namespace BridgeFramework.Configuration;

/// <summary>Holds the parts of a configuration that belong to drivers against what those drivers say they understand.</summary>
public static class DriverSettingsValidation
{
    /// <summary>Checks <c>settings</c> and <c>at</c> of every channel, sub-device and point.</summary>
    /// <param name="result">A configuration as loaded, with or without mistakes.</param>
    /// <param name="drivers">The drivers that plugins have brought.</param>
    /// <param name="promised">Drivers that manifests promise: of those that were not brought, as their plugin
    /// cannot run here, the schemas count.</param>
    /// <returns>The same with more mistakes. A driver that nobody has brought is a warning: its channels wait for it.</returns>
    public static ConfigurationResult Validate(
        ConfigurationResult result, DriverCatalog drivers, IEnumerable<ManifestDriver>? promised = null)
    {
        ArgumentNullException.ThrowIfNull(drivers);
        var known = (promised ?? []).ToDictionary(
            d => d.Info.Name, d => new KnownDriver(DriverSchemas.Of(d), Reader: null), StringComparer.Ordinal);
        foreach (string name in drivers.Names)
            if (drivers.TryGet(name, out var driver))
                known[name] = new KnownDriver(DriverSchemas.Of(driver.Registration), driver.Registration);
        return Validate(result, known);
    }

    /// <summary>Says what of a configuration does not fit some drivers, such as those of a new version of a plugin.</summary>
    /// <param name="result">A configuration as loaded, without mistakes of its own.</param>
    /// <param name="drivers">The drivers. Channels of others are not looked at.</param>
    /// <returns>A line for each mistake, with its place in the file.</returns>
    public static IReadOnlyList<string> FindMistakes(ConfigurationResult result, IReadOnlyList<DriverRegistration> drivers)
    {
        ArgumentNullException.ThrowIfNull(drivers);
        var known = drivers.ToDictionary(
            driver => driver.Info.Name, driver => new KnownDriver(DriverSchemas.Of(driver), driver), StringComparer.Ordinal);
        return [.. Validate(result, known).Mistakes.Where(mistake => !mistake.IsWarning).Select(mistake => mistake.ToString())];
    }

    /// <summary>Checks against schemas alone, where no plugin is at hand: what only a driver's own reader
    /// would refuse is not seen.</summary>
    /// <param name="result">A configuration as loaded, with or without mistakes.</param>
    /// <param name="drivers">The schemas, by driver name.</param>
    /// <returns>As for <see cref="Validate(ConfigurationResult, DriverCatalog, IEnumerable{ManifestDriver})"/>.</returns>
    public static ConfigurationResult Validate(ConfigurationResult result, IReadOnlyDictionary<string, DriverSchemas> drivers)
    {
        ArgumentNullException.ThrowIfNull(drivers);
        return Validate(result, drivers.ToDictionary(
            driver => driver.Key, driver => new KnownDriver(driver.Value, Reader: null), StringComparer.Ordinal));
    }

    private static ConfigurationResult Validate(ConfigurationResult result, Dictionary<string, KnownDriver> drivers)
    {
        ArgumentNullException.ThrowIfNull(result);
        var mistakes = new List<ConfigurationMistake>();
        var owners = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, _, channel) in result.Source?.Expanded["channels"]?.Members ?? [])
        {
            if (channel["driver"] is not { Kind: JsonValueKind.String } named) continue;
            if (!drivers.TryGetValue(named.Text, out var driver))
            {
                mistakes.Add(named.Origin.Mistake(Unknown(named.Text, drivers.Keys), isWarning: true));
                continue;
            }

            CheckChannel(channel, driver, mistakes);
            CheckOwner(name, channel, driver.Schemas, owners, mistakes);
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

    private static void CheckChannel(ConfigurationNode channel, KnownDriver driver, List<ConfigurationMistake> mistakes)
    {
        var (schemas, reader) = driver;
        if (channel.TryGetObject("settings", out var settings))
            Check(settings, schemas.Channel, reader is null ? null : reader.ReadChannelSettings, mistakes);
        foreach (var device in channel["devices"]?.Items ?? [])
        {
            if (device.TryGetObject("settings", out var its))
                Check(its, schemas.Device, reader is null ? null : reader.ReadDeviceSettings, mistakes);
            foreach (var point in device["points"]?.Members ?? [])
                if (point.Value.TryGetObject("at", out var at))
                    Check(at, schemas.Point, reader is null ? null : reader.ReadPointAddress, mistakes);
        }
    }

    /// <summary>What its schema allows is read as well: only the driver itself knows which values do not go together.</summary>
    private static void Check(ConfigurationNode node, JsonNode schema, Func<JsonElement, object>? read, List<ConfigurationMistake> mistakes)
    {
        int before = mistakes.Count;
        new SchemaValidator(mistakes).Validate(node, new JsonSchema(schema));
        if (read is null || mistakes.Count > before) return;
        try
        {
            read(node.ToJsonElement());
        }
        catch (SettingsException exception)
        {
            mistakes.Add(node.Origin.Mistake(exception.Message));
        }
    }

    /// <summary>Two channels that would use the same port, adapter or endpoint disturb each other.</summary>
    private static void CheckOwner(
        string name, ConfigurationNode channel, DriverSchemas schemas, Dictionary<string, string> owners,
            List<ConfigurationMistake> mistakes)
    {
        var exclusive = schemas.Info.ExclusiveSettings;
        if (exclusive.Count == 0 || !channel.TryGetObject("settings", out var settings)) return;
        var values = new List<string>(exclusive.Count);
        foreach (string setting in exclusive)
        {
            string? value = settings[setting]?.ToJsonElement().GetRawText()
                ?? new JsonSchema(schemas.Channel).Property(setting)?.Default?.ToJsonString();
            // Without all of them there is no such resource: a channel on TCP has no serial port.
            if (value is null or "null") return;
            values.Add($"{setting} {value}");
        }

        string resource = string.Join(", ", values);
        if (owners.TryAdd($"{schemas.Info.Name}: {resource}", name)) return;
        var origin = exclusive.Select(s => settings[s]?.Origin).FirstOrDefault(o => o is not null) ?? settings.Origin;
        bool secret = exclusive.Any(SecretNames.IsSecret);
        mistakes.Add(origin.Mistake(
            $"the channel '{owners[$"{schemas.Info.Name}: {resource}"]}' uses {(secret ? "the same" : resource)} already: only one "
                + $"channel of the driver \"{schemas.Info.Name}\" may."));
    }

    private sealed record KnownDriver(DriverSchemas Schemas, DriverRegistration? Reader);
}
