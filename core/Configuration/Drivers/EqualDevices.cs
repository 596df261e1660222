namespace BridgeFramework.Configuration;

/// <summary>Finds sub-devices of a channel that are one device to its driver: nothing in their settings tells them apart.</summary>
internal static class EqualDevices
{
    private const int MaxNamed = 3;

    /// <summary>Looks at all sub-devices of a channel.</summary>
    /// <param name="channel">The channel, expanded.</param>
    /// <param name="form">What the driver knows of a sub-device's settings.</param>
    /// <param name="mistakes">Takes a warning for each such set of sub-devices.</param>
    public static void Check(ConfigurationNode channel, JsonSchema form, ICollection<ConfigurationMistake> mistakes)
    {
        var names = form.PropertyNames;
        if (names.Count == 0) return; // it tells them apart by their ids
        var equal = (channel["devices"]?.Items ?? []).GroupBy(
            device => string.Join('\n', names.Select(name => form.ValueIn(device["settings"], name))), StringComparer.Ordinal);
        foreach (var group in equal.Where(group => group.Skip(1).Any()))
        {
            var twins = WithoutPartition([.. group]);
            if (twins.Count < 2) continue;
            string named = string.Join(", ", twins.Take(MaxNamed).Select(device => device.TextOf("id")));
            string more = twins.Count > MaxNamed ? $" and {twins.Count - MaxNamed} more" : "";
            mistakes.Add((twins[0]["settings"] ?? twins[0]).Origin.Mistake(
                $"{twins.Count} sub-devices of this channel have the same settings ({named}{more}), and are one device to it: give each "
                    + "its own.",
                isWarning: true));
        }
    }

    /// <summary>Those that share a point, or have none: one device may be split into sub-devices of different points.</summary>
    private static List<ConfigurationNode> WithoutPartition(List<ConfigurationNode> devices)
    {
        var texts = new Dictionary<ConfigurationNode, string>(); // the points of a device type are the same nodes for all
        var places = devices.ConvertAll(device => PlacesOf(device, texts));
        var users = places.SelectMany(set => set).CountBy(place => place, StringComparer.Ordinal)
            .ToDictionary(pair => pair.Key, pair => pair.Value, StringComparer.Ordinal);
        return [.. devices.Where((_, index) => places[index].Any(place => users[place] > 1))];
    }

    private static HashSet<string> PlacesOf(ConfigurationNode device, Dictionary<ConfigurationNode, string> texts)
    {
        var places = new HashSet<string>(StringComparer.Ordinal);
        foreach (var point in device["points"]?.Members ?? [])
        {
            if (point.Value["at"] is not { } at) continue;
            if (!texts.TryGetValue(at, out string? text)) texts[at] = text = at.ToJsonElement().GetRawText();
            places.Add(text);
        }

        if (places.Count == 0) places.Add("");
        return places;
    }
}
