using System.Text.Json;
using System.Text.Json.Nodes;

namespace BridgeFramework.Configuration;

/// <summary>Holds a tree against a JSON schema and says every mistake, each with its place and what was expected.</summary>
/// <remarks>Never throws, whatever the tree and whatever the schema: schemas come from plugins.</remarks>
internal sealed class SchemaValidator
{
    private const int MaxDepth = 2 * JsonTreeReader.MaxDepth;
    private readonly ICollection<ConfigurationMistake> _mistakes;

    // What was found of a node by a choice: choices within choices would be tried twice as often at each level. Empty while it is tried.
    private readonly Dictionary<(ConfigurationNode Node, JsonNode? Choice), List<ConfigurationMistake>> _tried;

    // Sub-devices share the branches of their device type; one look at each is enough.
    private readonly HashSet<(ConfigurationNode Node, JsonNode? Schema)> _seen = [];

    /// <param name="mistakes">Takes what is wrong.</param>
    public SchemaValidator(ICollection<ConfigurationMistake> mistakes)
        : this(mistakes, [])
    {
    }

    private SchemaValidator(
        ICollection<ConfigurationMistake> mistakes,
        Dictionary<(ConfigurationNode Node, JsonNode? Choice), List<ConfigurationMistake>> tried) =>
        (_mistakes, _tried) = (mistakes, tried);

    /// <summary>Adds what is wrong with <paramref name="node"/> to the mistakes.</summary>
    public void Validate(ConfigurationNode node, JsonSchema schema) => Validate(node, schema, 0);

    private void Validate(ConfigurationNode node, JsonSchema schema, int depth)
    {
        if (depth > MaxDepth || !_seen.Add((node, schema.Identity))) return;
        if (schema.AllowsNothing)
        {
            Add(node, "nothing is allowed here: remove it.");
            return;
        }

        if (schema.Reference is { } target) Validate(node, target, depth + 1);
        if (!IsOfType(node, schema)) return;
        CheckChoices(node, schema, depth);
        if (!IsAllowed(node, schema)) return;
        switch (node.Kind)
        {
            case JsonValueKind.Object: CheckObject(node, schema, depth); break;
            case JsonValueKind.Array: CheckArray(node, schema, depth); break;
            default:
                if (ValueLimits.Check(node, schema) is { } message) Add(node, message);
                break;
        }
    }

    private bool IsOfType(ConfigurationNode node, JsonSchema schema)
    {
        var types = schema.Types;
        if (types.Count == 0) return true;
        foreach (string type in types) if (ValueLimits.IsOfType(node, type)) return true;
        string found = node.Kind == JsonValueKind.Number ? "is not an integer" : $"is {SchemaWords.KindOf(node.Kind)}";
        if (node.Kind == JsonValueKind.Number && !types.Contains("integer", StringComparer.Ordinal)) found = "is a number";
        string shown = node.Kind == JsonValueKind.Null ? "this" : SchemaWords.Shown(node, schema.IsSecret);
        Add(node, $"{shown} {found}: expected {SchemaWords.Expected(schema)}.");
        return false;
    }

    private bool IsAllowed(ConfigurationNode node, JsonSchema schema)
    {
        JsonArray? allowed = schema.HasConst ? [schema.Const?.DeepClone()] : schema.Enum;
        if (allowed is null) return true;
        foreach (var value in allowed) if (ValueLimits.IsSame(node, value)) return true;
        string? near = node.Kind == JsonValueKind.String
            ? NearName.Find(node.Text, allowed.OfType<JsonValue>().Where(v => v.GetValueKind() == JsonValueKind.String).Select(
                v => v.GetValue<string>()))
            : null;
        string meant = near is null ? "" : $"did you mean \"{near}\"? ";
        Add(node, $"{SchemaWords.Shown(node, schema.IsSecret)} is not known here: {meant}Expected {SchemaWords.OneOf(allowed)}."
            .Replace(": Expected", ": expected", StringComparison.Ordinal));
        return false;
    }

    private void CheckChoices(ConfigurationNode node, JsonSchema schema, int depth)
    {
        foreach (string keyword in (ReadOnlySpan<string>)["anyOf", "oneOf"])
        {
            var choices = schema.All(keyword);
            if (choices.Count == 0) continue;
            List<ConfigurationMistake>? fewest = null;
            foreach (var choice in choices)
            {
                var found = Try(node, choice, depth);
                if (fewest is null || found.Count < fewest.Count) fewest = found;
                if (found.Count == 0) break;
            }

            // The choice that fits best is the one that was meant.
            foreach (var mistake in fewest ?? []) _mistakes.Add(mistake);
        }
    }

    private List<ConfigurationMistake> Try(ConfigurationNode node, JsonSchema choice, int depth)
    {
        if (_tried.TryGetValue((node, choice.Identity), out var known)) return known;
        var found = _tried[(node, choice.Identity)] = [];
        new SchemaValidator(found, _tried).Validate(node, choice, depth + 1);
        return found;
    }

    private void CheckObject(ConfigurationNode node, JsonSchema schema, int depth)
    {
        foreach (string name in schema.Required)
            if (node[name] is null) Add(node, $"'{name}' is missing: expected {ExpectedOf(schema, name)}.");
        CheckCount(node, schema, "Properties", node.Members.Count, "keys");
        foreach (var (key, keyOrigin, value) in node.Members)
        {
            if (schema["propertyNames"]?.Resolved() is { } names
                && ValueLimits.Check(ConfigurationNode.String(keyOrigin, key), names) is { } wrongName)
                _mistakes.Add(keyOrigin.Mistake(wrongName));
            if (schema.Property(key) is not { } property) continue;
            if (property.AllowsNothing) _mistakes.Add(keyOrigin.Mistake(UnknownKey(key, schema)));
            else Validate(value, property, depth + 1);
        }
    }

    private void CheckArray(ConfigurationNode node, JsonSchema schema, int depth)
    {
        CheckCount(node, schema, "Items", node.Items.Count, "items");
        if (schema["items"] is not { } items) return;
        foreach (var item in node.Items) Validate(item, items, depth + 1);
    }

    private void CheckCount(ConfigurationNode node, JsonSchema schema, string subject, int count, string what)
    {
        if (count < schema.Number($"min{subject}") || count > schema.Number($"max{subject}"))
            Add(node, $"this has {count} {what}: expected {SchemaWords.CountRange(schema, subject)}.");
    }

    private static string ExpectedOf(JsonSchema schema, string name) =>
        schema.Property(name) is { } property ? SchemaWords.Expected(property) : "a value";

    private static string UnknownKey(string key, JsonSchema schema)
    {
        var known = schema.PropertyNames;
        return NearName.Find(key, known) is { } near
            ? $"this key is not known: did you mean '{near}'?"
            : known.Count == 0
                ? "this key is not known: no keys are expected here."
                : $"this key is not known: expected one of {string.Join(", ", known.Where(k => !k.StartsWith('$')))}.";
    }

    private void Add(ConfigurationNode node, string message) => _mistakes.Add(node.Origin.Mistake(message));
}
