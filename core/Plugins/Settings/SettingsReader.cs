using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;

namespace BridgeFramework.Plugins;

/// <summary>Reads JSON into the record that a driver declared, and says where it fails.</summary>
internal static class SettingsReader
{
    /// <summary>Reads; <paramref name="what"/> names it in messages, such as "channel settings".</summary>
    public static object Read(JsonElement json, JsonTypeInfo typeInfo, string what)
    {
        if (json.ValueKind != JsonValueKind.Object)
            throw new SettingsException("$", $"The {what} are {Describe(json.ValueKind)}: expected an object in braces.");
        try
        {
            var node = JsonObject.Create(json);
            SettingsDefaults.Fill(node, typeInfo);
            return node.Deserialize(typeInfo)
                ?? throw new SettingsException("$", $"The {what} are null: expected an object in braces.");
        }
        catch (JsonException e)
        {
            throw new SettingsException(e.Path ?? "$", WithoutPosition(e.Message));
        }
        catch (Exception e) when (e is not SettingsException)
        {
            // A converter or an init accessor of the plugin: only its words are kept, never the exception (see SettingsException).
            throw new SettingsException("$", $"The {what} cannot be read: {e.GetType().Name}: {e.Message}");
        }
    }

    /// <summary>The position that the serializer appends is one in our copy of the settings, not in the operator's file.</summary>
    private static string WithoutPosition(string message)
    {
        int end = message.IndexOf(" Path: $", StringComparison.Ordinal);
        return end < 0 ? message : message[..end];
    }

    private static string Describe(JsonValueKind kind) => kind switch
    {
        JsonValueKind.Array => "a list",
        JsonValueKind.String => "text",
        JsonValueKind.Number => "a number",
        JsonValueKind.True or JsonValueKind.False => "a boolean",
        _ => "missing",
    };
}
