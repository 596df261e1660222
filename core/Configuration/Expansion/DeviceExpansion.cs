using System.Text.Json;

namespace BridgeFramework.Configuration;

/// <summary>Fills in a sub-device what its device type gives it: its own settings win key by key, its own
/// points member by member.</summary>
internal sealed class DeviceExpansion(ConfigurationNode root, ICollection<ConfigurationMistake> mistakes)
{
    /// <summary>Gives the sub-device with <c>type</c>, <c>settings</c> and <c>points</c> complete.</summary>
    public ConfigurationNode Fill(ConfigurationNode device, string? driver)
    {
        var typeName = device["type"] ?? TypeOfProduct(device);
        var type = typeName is { Kind: JsonValueKind.String } ? FindType(typeName, device, driver) : null;
        if (typeName is not null && device["type"] is null) device = device.With("type", typeName);

        var settings = Merge(type?["settings"], device["settings"], (_, own) => own)
            ?? ConfigurationNode.Object(device.Origin.DefaultOf("settings"), []);
        var points = Merge(type?["points"], device["points"], MergePoint)
            ?? ConfigurationNode.Object(device.Origin.DefaultOf("points"), []);
        foreach (var holder in (ReadOnlySpan<ConfigurationNode?>)[type, device])
            if (holder is not null) ReportChecks.Check(holder, mistakes);
        return device
            .With("settings", settings)
            .With("points", Complete(points, device["interval"] ?? type?["interval"], device["report"] ?? type?["report"]));
    }

    private ConfigurationNode? TypeOfProduct(ConfigurationNode device) =>
        SubDeviceId.TryParse(device.TextOf("id"), out var id) && root["products"]?[id.ProductId] is { } product ? product["type"] : null;

    private ConfigurationNode? FindType(ConfigurationNode name, ConfigurationNode device, string? driver)
    {
        var types = root["deviceTypes"];
        if (types?[name.Text] is not { } type)
        {
            // A product's dangling type is said once, at the product.
            if (device["type"] is not null) mistakes.Add(name.Origin.Mistake(UnknownType(name, root)));
            return null;
        }

        if (driver is null || type.TextOf("driver") is not { } itsDriver || string.Equals(itsDriver, driver, StringComparison.Ordinal))
            return type;
        mistakes.Add((device["type"] ?? device).Origin.Mistake(
            $"the device type '{name.Text}' is for the driver '{itsDriver}', but this channel's driver is '{driver}': give the "
                + "sub-device another type."));
        return null;
    }

    /// <summary>What to say of a device type that is not there.</summary>
    public static string UnknownType(ConfigurationNode name, ConfigurationNode root)
    {
        var known = root["deviceTypes"]?.Members.Select(m => m.Key).ToList() ?? [];
        string meant = NearName.Find(name.Text, known) is { } near ? $"did you mean \"{near}\"?"
            : known.Count == 0 ? "there are no 'deviceTypes'."
            : $"expected one of {string.Join(", ", known)}.";
        return $"{SchemaWords.Quoted(name.Text)} is no device type: {meant}";
    }

    /// <summary>Joins two objects; either may be missing or, when somebody has made a mistake, no object.</summary>
    private static ConfigurationNode? Merge(
        ConfigurationNode? shared, ConfigurationNode? own, Func<ConfigurationNode, ConfigurationNode, ConfigurationNode> both)
    {
        if (shared?.Kind != JsonValueKind.Object) return own?.Kind == JsonValueKind.Object ? own : null;
        if (own?.Kind != JsonValueKind.Object) return shared;
        var merged = ConfigurationNode.Object(own.Origin, shared.Members);
        foreach (var member in own.Members)
            merged = merged.With(member.Key, shared[member.Key] is { } its ? both(its, member.Value) : member.Value);
        return merged;
    }

    private static ConfigurationNode MergePoint(ConfigurationNode shared, ConfigurationNode own) =>
        Merge(shared, own, (_, mine) => mine) ?? own;

    /// <summary>Gives every point an access, an interval and, if there is one for all, a report; and asks for its <c>at</c>.</summary>
    private ConfigurationNode Complete(ConfigurationNode points, ConfigurationNode? interval, ConfigurationNode? report)
    {
        var complete = new List<ConfigurationNode.Member>(points.Members.Count);
        foreach (var (name, keyOrigin, given) in points.Members)
        {
            var point = given;
            if (point.Kind == JsonValueKind.Object)
            {
                if (point["at"] is null)
                    mistakes.Add(point.Origin.Mistake("'at' is missing: expected an object in braces, where the point lives."));
                if (point["access"] is null)
                    point = point.With("access", ConfigurationNode.String(point.Origin.DefaultOf("access"), "read"));
                if (point["interval"] is null)
                    point = point.With("interval", interval ?? ConfigurationNode.String(point.Origin.DefaultOf("interval"), "1s"));
                // Checked before the one for all is given to it: a dead-band for all says nothing of the points that have none.
                ReportChecks.Check(point, mistakes);
                if (point["report"] is null && report is not null) point = point.With("report", report);
            }

            complete.Add(new ConfigurationNode.Member(name, keyOrigin, point));
        }

        return ConfigurationNode.Object(points.Origin, complete);
    }
}
