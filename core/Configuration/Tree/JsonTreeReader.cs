using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace BridgeFramework.Configuration;

/// <summary>Reads JSON (comments and trailing commas allowed) into a tree whose every value knows its line and column.</summary>
/// <remarks>Never throws on any text: what is wrong with it becomes a mistake.</remarks>
internal sealed class JsonTreeReader
{
    /// <summary>How deep objects and arrays may hold each other.</summary>
    public const int MaxDepth = 64;

    private static readonly byte[] Utf8Bom = [0xEF, 0xBB, 0xBF];

    private readonly string _source;
    private readonly ReadOnlyMemory<byte> _text;
    private readonly TextPositions _positions;
    private readonly ICollection<ConfigurationMistake> _mistakes;

    private JsonTreeReader(string source, ReadOnlyMemory<byte> text, ICollection<ConfigurationMistake> mistakes)
    {
        (_source, _text, _mistakes) = (source, text, mistakes);
        _positions = new TextPositions(text);
    }

    /// <summary>Reads a whole text.</summary>
    /// <param name="source">What mistakes call it: a file name, or where else it came from.</param>
    /// <param name="text">The UTF-8 text, with or without a byte order mark.</param>
    /// <param name="mistakes">Takes what is wrong.</param>
    /// <returns>The tree, or <see langword="null"/> when the text is no JSON.</returns>
    public static ConfigurationNode? Read(string source, ReadOnlyMemory<byte> text, ICollection<ConfigurationMistake> mistakes)
    {
        if (text.Span.StartsWith(Utf8Bom)) text = text[Utf8Bom.Length..];
        return new JsonTreeReader(source, text, mistakes).Read();
    }

    private ConfigurationNode? Read()
    {
        if (!Utf8.IsValid(_text.Span))
        {
            Add(JsonSyntax.FirstInvalidByte(_text.Span), "this is not UTF-8 text: save the file in the encoding UTF-8.");
            return null;
        }

        var reader = new Utf8JsonReader(_text.Span, new JsonReaderOptions
        {
            AllowTrailingCommas = true,
            CommentHandling = JsonCommentHandling.Skip,
            MaxDepth = MaxDepth,
        });
        try
        {
            reader.Read();
            var root = ReadValue(ref reader, null, "");
            while (reader.Read()) { }   // a second value is an error of its own
            return root;
        }
        catch (JsonException e)
        {
            long offset = JsonSyntax.OffsetOf(e, _text.Span, reader.BytesConsumed);
            var (at, message) = JsonSyntax.Explain(_text.Span, (int)offset, reader.CurrentDepth, e);
            Add(at, message);
            return null;
        }
        catch (InvalidOperationException)
        {
            Add(reader.TokenStartIndex,
                "this text holds half a character (a lone \\uD800 to \\uDFFF): write both halves or the character itself.");
            return null;
        }
    }

    private ConfigurationNode ReadValue(ref Utf8JsonReader reader, Origin? parent, string segment)
    {
        var origin = OriginAt(reader.TokenStartIndex, parent, segment);
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                return ReadObject(ref reader, origin);
            case JsonTokenType.StartArray:
                var items = new List<ConfigurationNode>();
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                    items.Add(ReadValue(ref reader, origin, string.Create(CultureInfo.InvariantCulture, $"[{items.Count}]")));
                return ConfigurationNode.Array(origin, items);
            case JsonTokenType.String:
                return ConfigurationNode.String(origin, reader.GetString() ?? "");
            default:
                return ConfigurationNode.Literal(origin, Encoding.UTF8.GetString(reader.ValueSpan));
        }
    }

    private ConfigurationNode ReadObject(ref Utf8JsonReader reader, Origin origin)
    {
        var members = new List<ConfigurationNode.Member>();
        var seen = new Dictionary<string, int>(StringComparer.Ordinal);
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            string key = reader.GetString() ?? "";
            var keyOrigin = OriginAt(reader.TokenStartIndex, origin, key);
            reader.Read();
            var value = ReadValue(ref reader, origin, key);
            if (seen.TryAdd(key, keyOrigin.Line)) members.Add(new ConfigurationNode.Member(key, keyOrigin, value));
            else _mistakes.Add(keyOrigin.Mistake($"this key is here twice (first in line {seen[key]}): remove one of them."));
        }

        return ConfigurationNode.Object(origin, members);
    }

    private Origin OriginAt(long offset, Origin? parent, string segment)
    {
        var (line, column) = _positions.At(offset);
        return new Origin { Source = _source, Line = line, Column = column, Parent = parent, Segment = segment };
    }

    private void Add(long offset, string message) => _mistakes.Add(OriginAt(offset, null, "").Mistake(message));
}
