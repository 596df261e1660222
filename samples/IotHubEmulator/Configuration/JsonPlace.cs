using System.Text.Json;

namespace BridgeFramework.IotHubEmulator;

/// <summary>A JSON value that knows the line it stands on, for messages that point there.</summary>
internal sealed record JsonPlace(int Line, JsonTokenType Kind, string Text)
{
    public IReadOnlyList<KeyValuePair<string, JsonPlace>> Members { get; private init; } = [];
    public IReadOnlyList<JsonPlace> Items { get; private init; } = [];

    private static ReadOnlySpan<byte> Mark => [0xEF, 0xBB, 0xBF]; // of UTF-8, as some editors write it

    /// <summary>Reads JSON with comments and trailing commas.</summary>
    /// <exception cref="JsonException">It is no JSON; the exception knows the line.</exception>
    public static JsonPlace Parse(byte[] json)
    {
        if (json.AsSpan().StartsWith(Mark)) json = json[Mark.Length..];
        var reader = new Utf8JsonReader(json, new JsonReaderOptions
        {
            CommentHandling = JsonCommentHandling.Skip,
            AllowTrailingCommas = true,
        });
        reader.Read();
        var root = ReadValue(ref reader, json);
        reader.Read();   // throws when something follows
        return root;
    }

    private static JsonPlace ReadValue(ref Utf8JsonReader reader, byte[] json)
    {
        int line = 1 + json.AsSpan(0, (int)reader.TokenStartIndex).Count((byte)'\n');
        var kind = reader.TokenType;
        switch (kind)
        {
            case JsonTokenType.StartObject:
                var members = new List<KeyValuePair<string, JsonPlace>>();
                while (reader.Read() && reader.TokenType is JsonTokenType.PropertyName)
                {
                    string name = reader.GetString() ?? "";
                    reader.Read();
                    members.Add(new(name, ReadValue(ref reader, json)));
                }

                return new JsonPlace(line, kind, "{…}") { Members = members };
            case JsonTokenType.StartArray:
                var items = new List<JsonPlace>();
                while (reader.Read() && reader.TokenType is not JsonTokenType.EndArray) items.Add(ReadValue(ref reader, json));
                return new JsonPlace(line, kind, "[…]") { Items = items };
            case JsonTokenType.String:
                return new JsonPlace(line, kind, reader.GetString() ?? "");
            default:
                return new JsonPlace(line, kind, System.Text.Encoding.UTF8.GetString(reader.ValueSpan));
        }
    }
}
