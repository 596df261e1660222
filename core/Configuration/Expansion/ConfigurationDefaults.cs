using System.Text.Json;

namespace BridgeFramework.Configuration;

/// <summary>Writes into a tree what its schema says of values that nobody has given.</summary>
internal static class ConfigurationDefaults
{
    /// <summary>Fills in the sections that every gateway has, and what stands beside them.</summary>
    public static ConfigurationNode Fill(ConfigurationNode root)
    {
        if (root.Kind != JsonValueKind.Object) return root;
        foreach (string section in (ReadOnlySpan<string>)["hub", "plugins", "data", "uplink", "firmware"])
            root = Fill(root, section, GatewaySchema.Root);
        root = FillMembers(root, GatewaySchema.Root);
        // ! filled in above, where it is an object; and a section that every schema has
        return root["firmware"]!.Kind == JsonValueKind.Object
            ? root.With("firmware", Fill(root["firmware"]!, "gateway", GatewaySchema.Root.Property("firmware")!.Value)) : root;
    }

    /// <summary>Fills in one member that is an object.</summary>
    public static ConfigurationNode Fill(ConfigurationNode node, string key, JsonSchema schema)
    {
        var section = node[key] ?? ConfigurationNode.Object(node.Origin.DefaultOf(key), []);
        return section.Kind == JsonValueKind.Object && schema.Property(key)?.Resolved() is { } itsSchema
            ? node.With(key, FillMembers(section, itsSchema)) : node;
    }

    private static ConfigurationNode FillMembers(ConfigurationNode holder, JsonSchema schema)
    {
        foreach (string name in schema.PropertyNames)
        {
            if (holder[name] is not null || schema.Property(name)?.Default is not { } value) continue;
            var origin = holder.Origin.DefaultOf(name);
            holder = holder.With(name, value.GetValueKind() == JsonValueKind.String
                ? ConfigurationNode.String(origin, value.GetValue<string>())
                : ConfigurationNode.Literal(origin, value.ToJsonString()));
        }

        return holder;
    }
}
