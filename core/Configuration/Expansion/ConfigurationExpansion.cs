using System.Text.Json;
using BridgeFramework.Files;
using BridgeFramework.IotHub;

namespace BridgeFramework.Configuration;

/// <summary>Makes the tree complete: paths absolute, ranges spelled out, device types merged; and checks what refers to what.</summary>
/// <remarks>The result has the form of <c>bridge.json</c> again and means the same. What the schema has
/// refused is passed over in silence.</remarks>
internal sealed class ConfigurationExpansion(
    ConfigurationNode root, string baseDirectory, ConfigurationReading reading, ICollection<ConfigurationMistake> mistakes)
{
    private readonly Dictionary<SubDeviceId, Origin> _ids = [];

    public ConfigurationNode Expand()
    {
        var expanded = root;
        expanded = Resolve(expanded, "hub", "deviceInfo");
        expanded = Resolve(expanded, "hub", "caFile");
        expanded = Resolve(expanded, "plugins", "folder");
        expanded = Resolve(expanded, "data", "folder");
        FolderChecks.Check(expanded, mistakes);
        TrustBinding.Check(root, mistakes);
        if (root.TryGetObject("products", out var products)) expanded = expanded.With("products", ExpandProducts(products));
        if (root.TryGetObject("channels", out var channels)) expanded = expanded.With("channels", ExpandChannels(channels));
        if (root.TryGetObject("hub", out var hub)) HostChecks.Check(hub, mistakes);
        CheckGateway(root["firmware"]);
        CheckUse(root["products"]);
        return expanded;
    }

    private ConfigurationNode Resolve(ConfigurationNode node, string section, string key)
    {
        return node[section] is { } holder ? node.With(section, Resolve(holder, key)) : node;
    }

    private ConfigurationNode Resolve(ConfigurationNode holder, string key)
    {
        if (holder[key] is not { Kind: JsonValueKind.String, Text.Length: > 0 } path) return holder;
        if (path.Text.Contains('\0', StringComparison.Ordinal))
        {
            mistakes.Add(path.Origin.Mistake("this is no path: it holds a character that no path may hold."));
            return holder;
        }

        string full = Path.GetFullPath(path.Text, baseDirectory);
        if (key is "deviceInfo" or "caFile" or "certificate" && !reading.Has(full))
            mistakes.Add(path.Origin.Mistake($"the file {SchemaWords.Quoted(full)} does not exist: put it there, or say where it is "
                + "(relative to the configuration folder)."));
        else if (key is "certificate" && ProblemOfCertificate(full) is { } problem)
            mistakes.Add(path.Origin.Mistake($"the certificate cannot be used: {problem}"));
        return holder.With(key, ConfigurationNode.String(path.Origin, full));
    }

    /// <summary>The hub knows the bytes of the file, so it may be anything but none and too many.</summary>
    private static string? ProblemOfCertificate(string file)
    {
        try
        {
            _ = new BindCertificate(NamedFile.Read(file, BindCertificate.MaxLength));
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return e.Message;
        }
        catch (ArgumentException)
        {
            return "the file is empty.";
        }
    }

    private ConfigurationNode ExpandProducts(ConfigurationNode products)
    {
        var expanded = products;
        if (GatewaySchema.Root.Property("products") is not { } productsSchema || productsSchema["additionalProperties"] is not { } schema)
            return products;
        foreach (var (productId, _, product) in products.Members)
        {
            if (product.Kind != JsonValueKind.Object) continue;
            if (product["type"] is { Kind: JsonValueKind.String } type && root["deviceTypes"]?[type.Text] is null)
                mistakes.Add(type.Origin.Mistake(DeviceExpansion.UnknownType(type, root)));
            var sections = ConfigurationDefaults.Fill(ConfigurationDefaults.Fill(product, "profile", schema), "firmware", schema);
            expanded = ConfigurationDefaults.Fill(expanded.With(productId, sections), productId, productsSchema);
            CheckWindow(product["firmware"]);
            var complete = expanded[productId]!;   // ! set in the line above
            if (complete["profile"] is not { Kind: JsonValueKind.Object } profile || profile.TextOf("down") is not { } down) continue;
            foreach (string other in (ReadOnlySpan<string>)["up", "reply"])
                if (string.Equals(profile.TextOf(other), down, StringComparison.Ordinal))
                    mistakes.Add(WrittenOne(profile, other).Mistake(
                        $"'{other}' and 'down' are both {SchemaWords.Quoted(down)}: the cloud would send the gateway its own messages "
                            + "back; give them different topics."));
        }

        return expanded;
    }

    /// <summary>A product id with a slip gives its sub-devices nothing. Where no id is known, or one may be a mistake, nothing
    /// is said.</summary>
    private void CheckUse(ConfigurationNode? products)
    {
        if (_ids.Count == 0 || mistakes.Any(mistake => !mistake.IsWarning)) return;
        var used = _ids.Keys.Select(id => id.ProductId).ToHashSet(StringComparer.Ordinal);
        foreach (var (productId, origin, _) in products?.Members ?? [])
        {
            if (used.Contains(productId)) continue;
            string meant = NearName.Find(productId, used) is { } near ? $"did you mean {SchemaWords.Quoted(near)}?" : "it does nothing.";
            mistakes.Add(origin.Mistake($"no sub-device is of this product: {meant}", isWarning: true));
        }
    }

    private void CheckGateway(ConfigurationNode? firmware)
    {
        if (firmware?["gateway"] is not { } policy) return;
        CheckWindow(policy);
        if (!policy.Origin.IsDefault && firmware["gatewayCommand"] is null or { Kind: JsonValueKind.Array, Items.Count: 0 })
            mistakes.Add(policy.Origin.Mistake("this does nothing, as no 'gatewayCommand' updates the gateway.", isWarning: true));
    }

    private void CheckWindow(ConfigurationNode? policy)
    {
        if (policy?["window"] is not { Kind: JsonValueKind.String } window) return;
        // Of another form: the schema has said so.
        if (window.Text.Split('-') is [var from, var to] && string.Equals(from, to, StringComparison.Ordinal))
            mistakes.Add(window.Origin.Mistake(
                $"{SchemaWords.Shown(window)} begins when it ends: expected two different times; leave it out for at any time."));
    }

    /// <summary>Of two members that contradict each other, the one that somebody wrote.</summary>
    private static Origin WrittenOne(ConfigurationNode profile, string key)
    {
        var origin = profile[key]!.Origin;   // ! the caller has just read it
        return string.Equals(origin.Source, Origin.Default, StringComparison.Ordinal) ? profile["down"]!.Origin : origin;   // ! likewise
    }

    private ConfigurationNode ExpandChannels(ConfigurationNode channels)
    {
        var expanded = channels;
        var devices = new DeviceExpansion(root, mistakes);
        foreach (var (name, _, channel) in channels.Members)
        {
            if (channel.Kind != JsonValueKind.Object) continue;
            var complete = channel;
            if (channel["settings"] is null)
                complete = complete.With("settings", ConfigurationNode.Object(channel.Origin.DefaultOf("settings"), []));
            if (channel["devices"] is { Kind: JsonValueKind.Array } list)
            {
                var all = list.Items
                    .Where(item => item.Kind == JsonValueKind.Object)
                    .SelectMany(item => RangeExpansion.Expand(item, mistakes))
                    .Select(device => Resolve(devices.Fill(device, channel.TextOf("driver")), "certificate"))
                    .ToList();
                foreach (var device in all)
                {
                    CheckId(device);
                    if (device["secret"] is not null && device["certificate"] is { } certificate)
                        mistakes.Add(certificate.Origin.Mistake(
                            "a sub-device is bound with its 'secret' or with its 'certificate', not with both: remove one."));
                }

                complete = complete.With("devices", ConfigurationNode.Array(list.Origin, all));
            }

            expanded = expanded.With(name, complete);
        }

        return expanded;
    }

    private void CheckId(ConfigurationNode device)
    {
        if (device["id"] is not { Kind: JsonValueKind.String } node) return;
        if (!SubDeviceId.TryParse(node.Text, out var id))
            mistakes.Add(node.Origin.Mistake(
                $"{SchemaWords.Shown(node)} is no sub-device id: expected productId/deviceName, such as \"SUBPROD001/meter-1\"."));
        else if (!_ids.TryAdd(id, node.Origin))
            mistakes.Add(
                node.Origin.Mistake($"the sub-device {id} is here twice (first at {_ids[id]}): every id may be used once in a gateway."));
    }
}
