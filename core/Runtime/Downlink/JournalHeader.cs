using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace BridgeFramework.Runtime;

/// <summary>The first line of the journal of commands: which form its lines have. A file without one is older than this line.</summary>
/// <param name="Journal">The version of the form.</param>
/// <param name="Term">Which grant of ownership the lines were written under; 0 while nobody grants any.</param>
internal sealed record JournalHeader(int Journal, long Term)
{
    private const int Version = 1;

    /// <summary>Writes the header of a new file.</summary>
    public static void Write(IBufferWriter<byte> output)
    {
        using (var json = new Utf8JsonWriter(output))
            JsonSerializer.Serialize(json, new JournalHeader(Version, Term: 0), JournalHeaderJson.Default.JournalHeader);
        output.Write("\n"u8);
    }

    /// <summary>The lines that a new file begins with.</summary>
    public static ReadOnlyMemory<byte> Before(ReadOnlyMemory<byte> lines)
    {
        var all = new ArrayBufferWriter<byte>(lines.Length + 64);
        Write(all);
        all.Write(lines.Span);
        return all.WrittenMemory;
    }

    /// <summary>Whether a line is a header.</summary>
    /// <exception cref="InvalidDataException">It is one of a form that this version does not know.</exception>
    public static bool Is(ReadOnlySpan<byte> line)
    {
        if (!line.StartsWith("{\"journal\":"u8)) return false;
        try
        {
            // The version first: another form may say the rest in another way.
            var json = new Utf8JsonReader(line);
            bool isNumber = json.Read() && json.Read() && json.Read() && json.TokenType == JsonTokenType.Number;
            if (isNumber && json.TryGetInt32(out int version) && version > Version)
                throw new InvalidDataException($"It has the form {version}, and this version of the gateway knows {Version}: use the one "
                    + "that wrote it, or move the file away, and the commands that it remembers are forgotten.");
            return JsonSerializer.Deserialize(line, JournalHeaderJson.Default.JournalHeader) is not null;
        }
        catch (JsonException)
        {
            return false; // a damaged line
        }
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(JournalHeader))]
internal sealed partial class JournalHeaderJson : JsonSerializerContext;
