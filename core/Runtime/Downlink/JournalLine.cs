using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace BridgeFramework.Runtime;

/// <summary>What a line of the journal says of a command.</summary>
internal enum JournalEntry
{
    /// <summary>Its driver is about to be asked.</summary>
    [JsonStringEnumMemberName("intent")]
    Intent,

    /// <summary>What became of it, as it is told to the hub.</summary>
    [JsonStringEnumMemberName("outcome")]
    Outcome,

    /// <summary>The hub has the reply.</summary>
    [JsonStringEnumMemberName("delivered")]
    Delivered,
}

/// <summary>One line of the journal of commands: JSON, so that a person can read what happened.</summary>
/// <param name="Entry">What it says.</param>
/// <param name="Device">The sub-device, <c>productId/deviceName</c>.</param>
/// <param name="Id">The command's id.</param>
/// <param name="At">When, in milliseconds since 1970. For a person: nothing is decided by it, because a clock can jump.</param>
/// <param name="Reply">The reply byte for byte, so that a repeated command gets the very same one; with an outcome only.</param>
internal sealed record JournalLine(JournalEntry Entry, string Device, string Id, long At, string? Reply = null)
{
    private static readonly JsonWriterOptions WriterOptions = PlainUplink.WriterOptions;

    public static void Write(IBufferWriter<byte> output, JournalEntry entry, JournaledCommand command)
    {
        string? reply = entry == JournalEntry.Outcome ? Encoding.UTF8.GetString(command.Reply.Span) : null;
        using (var json = new Utf8JsonWriter(output, WriterOptions))
            JsonSerializer.Serialize(
                json, new JournalLine(entry, command.Device.ToString(), command.Id, command.At, reply), JournalJson.Default.JournalLine);
        output.Write("\n"u8);
    }

    /// <summary>Reads a line. Never throws, whatever the disk made of it.</summary>
    public static bool TryRead(ReadOnlySpan<byte> text, [NotNullWhen(true)] out JournalLine? line, out SubDeviceId device)
    {
        line = null;
        device = default;
        try
        {
            line = JsonSerializer.Deserialize(text, JournalJson.Default.JournalLine);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or ArgumentException)
        {
            // InvalidOperationException and ArgumentException: text that is not valid once unescaped.
        }

        return line is not null && line.Id.Length > 0 && SubDeviceId.TryParse(line.Device, out device)
            && (line.Entry != JournalEntry.Outcome || !string.IsNullOrEmpty(line.Reply));
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(JournalLine))]
internal sealed partial class JournalJson : JsonSerializerContext;
