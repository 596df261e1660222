using System.Collections;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace BridgeFramework.Configuration;

/// <summary>Lays values from the environment and the command line over a tree.</summary>
internal sealed class Overlay(ICollection<ConfigurationMistake> mistakes)
{
    /// <summary>What the names of environment variables begin with; <c>__</c> separates keys.</summary>
    public const string EnvironmentPrefix = "BRIDGE__";

    private const int MaxSteps = 32;

    /// <summary>Lays variables such as <c>BRIDGE__hub__port</c> over the tree, in the order of their names.</summary>
    public ConfigurationNode ApplyEnvironment(ConfigurationNode root, IReadOnlyDictionary<string, string> environment)
    {
        var ours = environment.Where(v => v.Key.StartsWith(EnvironmentPrefix, StringComparison.OrdinalIgnoreCase));
        foreach (var (name, text) in ours.OrderBy(v => v.Key, StringComparer.Ordinal))
            root = Apply(root, $"environment {name}", name[EnvironmentPrefix.Length..].Split("__"), text);
        return root;
    }

    /// <summary>Lays settings such as <c>hub.port=1884</c> over the tree, in their order.</summary>
    public ConfigurationNode ApplyCommandLine(ConfigurationNode root, IEnumerable<string> settings)
    {
        foreach (string setting in settings)
        {
            int equals = setting.IndexOf('=', StringComparison.Ordinal);
            if (equals > 0)
            {
                string path = setting[..equals];
                root = Apply(root, $"command line --set {path}", path.Replace('[', '.').Replace("]", "", StringComparison.Ordinal)
                    .Split('.'), setting[(equals + 1)..]);
                continue;
            }

            // What is no setting may be a secret that lost its name: it is not shown.
            mistakes.Add(new ConfigurationMistake
            {
                File = "command line --set",
                Message = "this is no setting: expected path=value, such as hub.port=1884.",
            });
        }

        return root;
    }

    /// <summary>The environment of this process.</summary>
    public static IReadOnlyDictionary<string, string> ProcessEnvironment()
    {
        var all = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (DictionaryEntry variable in Environment.GetEnvironmentVariables())
            if (variable is { Key: string name, Value: string text }) all[name] = text;
        return all;
    }

    private ConfigurationNode Apply(ConfigurationNode root, string source, string[] steps, string text)
    {
        if (steps.Length <= MaxSteps && !steps.Any(string.IsNullOrEmpty)) return Set(root, GatewaySchema.Root, source, steps, text);
        mistakes.Add(new ConfigurationMistake
        {
            File = source,
            Message = $"this names no setting: expected 1 to {MaxSteps} keys, such as hub.port.",
        });
        return root;
    }

    private ConfigurationNode Set(ConfigurationNode node, JsonSchema? schema, string source, ReadOnlySpan<string> steps, string text)
    {
        schema = schema?.Resolved();
        if (steps.IsEmpty) return Leaf(node, schema, text);
        string step = steps[0];
        if (node.Kind == JsonValueKind.Array) return SetItem(node, schema, source, steps, text);
        if (node.Kind != JsonValueKind.Object) node = ConfigurationNode.Object(node.Origin, []);
        string key = node.Members.Select(m => m.Key).Concat(schema?.PropertyNames ?? [])
            .FirstOrDefault(k => string.Equals(k, step, StringComparison.OrdinalIgnoreCase)) ?? step;
        var origin = new Origin { Source = source, Parent = node.Origin, Segment = key };
        return node.With(key, Child(node[key], origin, schema?.Property(key), source, steps[1..], text));
    }

    private ConfigurationNode SetItem(ConfigurationNode node, JsonSchema? schema, string source, ReadOnlySpan<string> steps, string text)
    {
        string segment = $"[{steps[0]}]";
        var origin = new Origin { Source = source, Parent = node.Origin, Segment = segment };
        if (!int.TryParse(steps[0], NumberStyles.None, CultureInfo.InvariantCulture, out int index) || index > node.Items.Count)
        {
            mistakes.Add(origin.Mistake($"there is no such item: expected 0 to {node.Items.Count} (the last adds one)."));
            return node;
        }

        return node.With(
            index, Child(index < node.Items.Count ? node.Items[index] : null, origin, schema?["items"], source, steps[1..], text));
    }

    private ConfigurationNode Child(
        ConfigurationNode? existing, Origin origin, JsonSchema? schema, string source, ReadOnlySpan<string> steps, string text)
    {
        // What is passed through keeps its origin; what is created or replaced comes from the overlay.
        bool replaced = steps.IsEmpty || existing is null;
        var child = existing ?? ConfigurationNode.Object(origin, []);
        return Set(replaced ? child.From(origin) : child, schema, source, steps, text);
    }

    /// <summary>Reads the text as what is expected there: by the schema, else by what was there, else by how it looks.</summary>
    private static ConfigurationNode Leaf(ConfigurationNode replaced, JsonSchema? schema, string text)
    {
        var types = schema?.Types ?? [];
        bool textExpected = types.Contains("string", StringComparer.Ordinal) || schema?.Enum is not null
            || replaced.Kind == JsonValueKind.String;
        if (textExpected) return ConfigurationNode.String(replaced.Origin, text);
        var ignored = new List<ConfigurationMistake>();
        var read = JsonTreeReader.Read(replaced.Origin.Source, Encoding.UTF8.GetBytes(text), ignored);
        return read is null || ignored.Count > 0 ? ConfigurationNode.String(replaced.Origin, text) : Rooted(read, replaced.Origin);
    }

    /// <summary>The same values, all from one origin: lines within a variable help nobody.</summary>
    private static ConfigurationNode Rooted(ConfigurationNode node, Origin origin)
    {
        Origin Below(string segment) => new() { Source = origin.Source, Parent = origin, Segment = segment };
        return node.Kind switch
        {
            JsonValueKind.Object => ConfigurationNode.Object(
                origin,
                [.. node.Members.Select(m => new ConfigurationNode.Member(m.Key, Below(m.Key), Rooted(m.Value, Below(m.Key))))]),
            JsonValueKind.Array => ConfigurationNode.Array(
                origin,
                [.. node.Items.Select((item, i) => Rooted(item, Below(string.Create(CultureInfo.InvariantCulture, $"[{i}]"))))]),
            _ => node.From(origin),
        };
    }
}
