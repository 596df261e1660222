using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace BridgeFramework.Configuration;

/// <summary>One JSON value that knows where it came from. Immutable; trees share their branches.</summary>
internal sealed class ConfigurationNode
{
    private const int FewMembers = 8;
    private readonly Dictionary<string, ConfigurationNode>? _index;

    private ConfigurationNode(
        JsonValueKind kind, Origin origin, string text, IReadOnlyList<Member> members, IReadOnlyList<ConfigurationNode> items)
    {
        (Kind, Origin, Text, Members, Items) = (kind, origin, text, members, items);
        if (members.Count > FewMembers) _index = members.ToDictionary(m => m.Key, m => m.Value, StringComparer.Ordinal);
    }

    public JsonValueKind Kind { get; }

    public Origin Origin { get; }

    /// <summary>The text of a string, or a number, <c>true</c>, <c>false</c> or <c>null</c> as written.</summary>
    public string Text { get; }

    /// <summary>What an object holds, in the order of the file, keys unique; empty for all else.</summary>
    public IReadOnlyList<Member> Members { get; }

    /// <summary>What an array holds; empty for all else.</summary>
    public IReadOnlyList<ConfigurationNode> Items { get; }

    public static ConfigurationNode Object(Origin origin, IReadOnlyList<Member> members) =>
        new(JsonValueKind.Object, origin, "", members, []);

    public static ConfigurationNode Array(Origin origin, IReadOnlyList<ConfigurationNode> items) =>
        new(JsonValueKind.Array, origin, "", [], items);

    public static ConfigurationNode String(Origin origin, string text) => new(JsonValueKind.String, origin, text, [], []);

    /// <summary>A number, <c>true</c>, <c>false</c> or <c>null</c>, as written.</summary>
    public static ConfigurationNode Literal(Origin origin, string text) => new(
        text switch
        {
            "true" => JsonValueKind.True,
            "false" => JsonValueKind.False,
            "null" => JsonValueKind.Null,
            _ => JsonValueKind.Number,
        },
        origin,
        text,
        [],
        []);

    /// <summary>The member of that name, or <see langword="null"/>.</summary>
    public ConfigurationNode? this[string key]
    {
        get
        {
            if (_index is not null) return _index.GetValueOrDefault(key);
            foreach (var member in Members) if (string.Equals(member.Key, key, StringComparison.Ordinal)) return member.Value;
            return null;
        }
    }

    /// <summary>The text of a member that is a string; <see langword="null"/> when there is none or it is something else.</summary>
    public string? TextOf(string key) => this[key] is { Kind: JsonValueKind.String } node ? node.Text : null;

    /// <summary>The member of that name, if it is an object.</summary>
    public bool TryGetObject(string key, [NotNullWhen(true)] out ConfigurationNode? node)
    {
        node = this[key];
        if (node?.Kind != JsonValueKind.Object) node = null;
        return node is not null;
    }

    /// <summary>The same value with another origin.</summary>
    public ConfigurationNode From(Origin origin) => new(Kind, origin, Text, Members, Items);

    /// <summary>An object with one member set: replaced in its place, or added at the end.</summary>
    public ConfigurationNode With(string key, ConfigurationNode value)
    {
        var members = Members.ToList();
        int at = members.FindIndex(m => string.Equals(m.Key, key, StringComparison.Ordinal));
        if (at < 0) members.Add(new Member(key, value.Origin, value));
        else members[at] = members[at] with { Value = value };
        return Object(Origin, members);
    }

    /// <summary>An array with one item replaced, or added when <paramref name="index"/> is the count.</summary>
    public ConfigurationNode With(int index, ConfigurationNode value)
    {
        var items = Items.ToList();
        if (index == items.Count) items.Add(value);
        else items[index] = value;
        return Array(Origin, items);
    }

    /// <summary>Whether both are the same JSON, wherever they came from.</summary>
    public bool SameValueAs(ConfigurationNode other) =>
        Kind == other.Kind
        && string.Equals(Text, other.Text, StringComparison.Ordinal)
        && Items.Count == other.Items.Count
        && Members.Count == other.Members.Count
        && Items.Zip(other.Items).All(pair => pair.First.SameValueAs(pair.Second))
        && Members.All(m => other[m.Key] is { } its && m.Value.SameValueAs(its));

    /// <summary>The value without its origins.</summary>
    public JsonElement ToJsonElement()
    {
        var buffer = new System.Buffers.ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer)) WriteTo(writer);
        return JsonElement.Parse(buffer.WrittenSpan);
    }

    private void WriteTo(Utf8JsonWriter writer)
    {
        switch (Kind)
        {
            case JsonValueKind.Object:
                writer.WriteStartObject();
                foreach (var member in Members)
                {
                    writer.WritePropertyName(member.Key);
                    member.Value.WriteTo(writer);
                }

                writer.WriteEndObject();
                break;
            case JsonValueKind.Array:
                writer.WriteStartArray();
                foreach (var item in Items) item.WriteTo(writer);
                writer.WriteEndArray();
                break;
            case JsonValueKind.String:
                writer.WriteStringValue(Text);
                break;
            default:
                writer.WriteRawValue(Text);
                break;
        }
    }

    /// <summary>One key of an object.</summary>
    /// <param name="Key">The key.</param>
    /// <param name="KeyOrigin">Where the key is written, for mistakes about the key itself.</param>
    /// <param name="Value">Its value.</param>
    internal readonly record struct Member(string Key, Origin KeyOrigin, ConfigurationNode Value);
}
