using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;

namespace BridgeFramework.Plugins;

/// <summary>The values that a settings record has where the configuration says nothing.</summary>
/// <remarks>
/// Source-generated type information sets init-only properties through a constructor of its own, which gives those that the JSON
/// does not mention the default of their type: the 502 of <c>public int Port { get; init; } = 502;</c> would be lost. So the
/// host takes the defaults from a fresh instance and writes them into the JSON before it is read.
/// </remarks>
internal static class SettingsDefaults
{
    /// <summary>Gives the defaults by JSON name. What is required, or absent by default, has none.</summary>
    public static IReadOnlyDictionary<string, JsonNode?> Of(JsonTypeInfo typeInfo)
    {
        var defaults = new Dictionary<string, JsonNode?>(StringComparer.Ordinal);
        if (typeInfo.Kind != JsonTypeInfoKind.Object || typeInfo.Type.IsAbstract) return defaults;
        var constructor = typeInfo.Type.GetConstructor(
            BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.DoNotWrapExceptions, Type.EmptyTypes);
        // A positional record: the defaults of its parameters are honoured by the type information itself.
        if (constructor is null) return defaults;
        object fresh = constructor.Invoke(BindingFlags.DoNotWrapExceptions, binder: null, parameters: [], culture: null);
        foreach (var property in typeInfo.Properties)
        {
            if (property.Get is null || (property.Set is null && property.AssociatedParameter is null)) continue;
            // What is required has no default: a fresh instance holds a null there that could not even be written.
            if (SchemaAnnotations.IsRequired(property) || property.Get(fresh) is not { } value) continue;
            defaults[property.Name] = Write(value, property);
        }

        return defaults;
    }

    private static JsonNode? Write(object value, JsonPropertyInfo property)
    {
        if (property.CustomConverter is not { } converter)
            return JsonSerializer.SerializeToNode(value, property.Options.GetTypeInfo(property.PropertyType));
        var options = new JsonSerializerOptions(property.Options);
        options.Converters.Insert(0, converter);
        return JsonSerializer.SerializeToNode(value, options.GetTypeInfo(value.GetType()));
    }

    /// <summary>Fills in what <paramref name="node"/> leaves out, at every depth, and refuses what the record does not know.</summary>
    /// <exception cref="SettingsException">A name is not one of the record's.</exception>
    public static void Fill(JsonNode? node, JsonTypeInfo typeInfo, string path = "$")
    {
        var options = typeInfo.Options;
        switch (node)
        {
            case JsonObject settings when typeInfo.Kind == JsonTypeInfoKind.Object:
                FillObject(settings, typeInfo, path);
                break;
            case JsonObject entries when typeInfo is { Kind: JsonTypeInfoKind.Dictionary, ElementType: { } valueType }:
                foreach (var (name, value) in entries) Fill(value, options.GetTypeInfo(valueType), $"{path}.{name}");
                break;
            case JsonArray items when typeInfo is { Kind: JsonTypeInfoKind.Enumerable, ElementType: { } itemType }:
                for (int i = 0; i < items.Count; i++) Fill(items[i], options.GetTypeInfo(itemType), $"{path}[{i}]");
                break;
        }
    }

    private static void FillObject(JsonObject settings, JsonTypeInfo typeInfo, string path)
    {
        var comparer = typeInfo.Options.PropertyNameCaseInsensitive ? StringComparer.OrdinalIgnoreCase : StringComparer.Ordinal;
        foreach (var (name, value) in settings)
        {
            if (typeInfo.Properties.FirstOrDefault(p => comparer.Equals(p.Name, name)) is { } property)
            {
                if (property.CustomConverter is null) Fill(value, typeInfo.Options.GetTypeInfo(property.PropertyType), $"{path}.{name}");
            }
            else if (!typeInfo.Properties.Any(p => p.IsExtensionData))
            {
                throw new SettingsException(
                    $"{path}.{name}",
                    $"'{name}' is not known here: expected one of {string.Join(", ", typeInfo.Properties.Select(p => p.Name))}.");
            }
        }

        foreach (var (name, value) in Of(typeInfo))
            if (!settings.Any(given => comparer.Equals(given.Key, name))) settings[name] = value?.DeepClone();
    }
}
