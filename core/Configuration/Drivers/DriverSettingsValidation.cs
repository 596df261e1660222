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
    /// <param name="expected">Drivers whose plugin is still being loaded: whether they fit is seen when they are there.</param>
    /// <returns>The same with more mistakes. A driver that nobody has brought is a warning: its channels wait for it.</returns>
    public static ConfigurationResult Validate(
        ConfigurationResult result, DriverCatalog drivers, IEnumerable<ManifestDriver>? promised = null,
        IReadOnlySet<string>? expected = null)
    {
        ArgumentNullException.ThrowIfNull(drivers);
        var known = (promised ?? []).ToDictionary(
            d => d.Info.Name, d => new KnownDriver(DriverSchemas.Of(d), Reader: null), StringComparer.Ordinal);
        foreach (string name in drivers.Names)
            if (drivers.TryGet(name, out var driver))
                known[name] = new KnownDriver(DriverSchemas.Of(driver.Registration), driver.Registration);
        return Validate(result, known, expected);
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
    /// <returns>As for
    /// <see cref="Validate(ConfigurationResult, DriverCatalog, IEnumerable{ManifestDriver}, IReadOnlySet{string})"/>.</returns>
    public static ConfigurationResult Validate(ConfigurationResult result, IReadOnlyDictionary<string, DriverSchemas> drivers)
    {
        ArgumentNullException.ThrowIfNull(drivers);
        return Validate(result, drivers.ToDictionary(
            driver => driver.Key, driver => new KnownDriver(driver.Value, Reader: null), StringComparer.Ordinal));
    }

    private static ConfigurationResult Validate(
        ConfigurationResult result, Dictionary<string, KnownDriver> drivers, IReadOnlySet<string>? expected = null)
    {
        ArgumentNullException.ThrowIfNull(result);
        var mistakes = new List<ConfigurationMistake>();
        var resources = new ChannelResources(mistakes);
        foreach (var (name, _, channel) in result.Source?.Expanded["channels"]?.Members ?? [])
        {
            if (channel["driver"] is not { Kind: JsonValueKind.String } named) continue;
            if (!drivers.TryGetValue(named.Text, out var driver))
            {
                if (expected?.Contains(named.Text) != true)
                    mistakes.Add(named.Origin.Mistake(Unknown(named.Text, drivers.Keys), isWarning: true));
                continue;
            }

            CheckChannel(channel, driver, mistakes);
            EqualDevices.Check(channel, new JsonSchema(driver.Schemas.Device), mistakes);
            resources.Check(name, channel, driver.Schemas);
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
                if (point.Value.TryGetObject("at", out var at)
                    && Check(at, schemas.Point, reader is null ? null : reader.ReadPointAddress, mistakes) is IPointAddress address)
                    CheckAccess(point.Value, address.PossibleAccess, mistakes);
        }
    }

    /// <summary>What its schema allows is read as well: only the driver itself knows which values do not go together.</summary>
    /// <returns>The driver's own record; <see langword="null"/> where there are mistakes, or nobody to read it.</returns>
    private static object? Check(
        ConfigurationNode node, JsonNode schema, Func<JsonElement, object>? read, List<ConfigurationMistake> mistakes)
    {
        int before = mistakes.Count;
        var form = new JsonSchema(schema);
        new SchemaValidator(mistakes).Validate(node, form);
        if (form.Lists("port")) HostChecks.Check(node, mistakes);
        if (read is null || mistakes.Count > before) return null;
        try
        {
            return read(node.ToJsonElement());
        }
        catch (SettingsException exception)
        {
            mistakes.Add(node.Origin.Mistake(exception.Message));
            return null;
        }
    }

    private static void CheckAccess(ConfigurationNode point, PointAccess possible, List<ConfigurationMistake> mistakes)
    {
        if (possible == PointAccess.ReadWrite || point["access"] is not { Kind: JsonValueKind.String } access
            || !Enum.TryParse<PointAccess>(access.Text, ignoreCase: true, out var wanted) || wanted == possible) return;
        var (verb, word) = possible == PointAccess.Read ? ("read", "read") : ("written", "write");
        mistakes.Add(access.Origin.Mistake(
            $"{SchemaWords.Shown(access)} is more than there is: this point can only be {verb}. Set it to \"{word}\", or correct 'at'."));
    }

    private sealed record KnownDriver(DriverSchemas Schemas, DriverRegistration? Reader);
}
