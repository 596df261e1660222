using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace BridgeFramework.Runtime;

/// <summary>The profile <c>plain</c>, downwards: commands as JSON, and their replies.</summary>
/// <remarks>
/// <para><c>{"id":"c1","expires":1700000000000,"write":{"setpoint":21.5}}</c>; <c>expires</c> (ms since the epoch) may be left out.</para>
/// <para><c>{"outcome":"refused","id":"c1","results":{"setpoint":{"outcome":"refused","reason":"…"}}}</c>; outcomes are done, refused,
/// timedOut, absent and unknown.</para>
/// </remarks>
internal static class PlainDownlink
{
    private const int MaxIdLength = 64;
    private const int MaxWrites = 256;
    private const string NoText = "A name in the command is not text: it holds half of a surrogate pair.";

    private static readonly JsonDocumentOptions ReadOptions = new() { MaxDepth = 8 };

    /// <summary>Whether a message is one of our own that the hub sent back: the hub echoes a publish to
    /// whoever subscribes its topic.</summary>
    public static bool IsOwnEcho(ReadOnlySpan<byte> payload) =>
        payload.StartsWith("{\"seq\":"u8) || payload.StartsWith("{\"outcome\":"u8);

    /// <summary>Reads a command. Never throws, whatever came.</summary>
    /// <param name="payload">The message.</param>
    /// <param name="command">The command.</param>
    /// <param name="refusal">What to answer when it is none.</param>
    public static bool TryRead(
        ReadOnlyMemory<byte> payload,
        [NotNullWhen(true)] out DownlinkCommand? command,
        [NotNullWhen(false)] out CommandReply? refusal)
    {
        command = null;
        string? id = null;
        refusal = null;
        try
        {
            using var document = JsonDocument.Parse(payload, ReadOptions);
            string? problem = Read(document.RootElement, ref id, out command);
            if (command is not null) return true;
            refusal = CommandReply.Of(id, CommandOutcome.Refused, problem ?? "The command cannot be read.");
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // InvalidOperationException: a string that is not valid UTF-16 once unescaped.
            refusal = CommandReply.Of(id, CommandOutcome.Refused, "The command is not valid JSON.");
        }

        command = null;
        return false;
    }

    public static ReadOnlyMemory<byte> Write(CommandReply reply)
    {
        var output = new ArrayBufferWriter<byte>(256);
        using var json = new Utf8JsonWriter(output, PlainUplink.WriterOptions);
        json.WriteStartObject();
        json.WriteString("outcome"u8, NameOf(reply.Outcome)); // first: it tells our own echo from a command
        json.WriteString("id"u8, reply.Id);
        if (reply.Reason is not null) json.WriteString("reason"u8, reply.Reason);
        if (reply.Points.Count > 0)
        {
            json.WriteStartObject("results"u8);
            foreach (var point in reply.Points)
            {
                json.WriteStartObject(point.Point);
                json.WriteString("outcome"u8, NameOf(point.Outcome));
                if (point.Reason is not null) json.WriteString("reason"u8, point.Reason);
                json.WriteEndObject();
            }

            json.WriteEndObject();
        }

        json.WriteEndObject();
        json.Flush();
        return output.WrittenMemory;
    }

    private static string? Read(JsonElement root, ref string? id, out DownlinkCommand? command)
    {
        command = null;
        if (root.ValueKind != JsonValueKind.Object) return "The command is not a JSON object.";
        var names = NamesOf(root);
        if (names.Doubled is "id") return "The command has 'id' twice: expected once.";
        if (names.Id is not { ValueKind: JsonValueKind.String } idElement)
            return "The command has no 'id': expected text.";
        string text = idElement.GetString()!; // a string, so not null
        if (text.Length is 0 or > MaxIdLength) return $"The command's 'id' has {text.Length} characters: expected 1 to {MaxIdLength}.";
        id = text;
        if (!names.AreText) return NoText;
        if (names.Doubled is { } doubled) return $"The command has '{Short(doubled)}' twice: expected once.";

        DateTimeOffset? expires = null;
        if (root.TryGetProperty("expires", out var expiresElement))
        {
            if (expiresElement.ValueKind != JsonValueKind.Number || !expiresElement.TryGetInt64(out long milliseconds)
                || milliseconds is < 0 or > 253402300799999)
                return "'expires' is not a time: expected milliseconds since 1970.";
            expires = DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);
        }

        if (!root.TryGetProperty("write", out var write) || write.ValueKind != JsonValueKind.Object)
            return "The command has nothing to do: expected 'write' with an object of point names and values.";
        var points = NamesOf(write);
        if (!points.AreText) return NoText;
        if (points.Doubled is { } point) return $"'write' names point '{Short(point)}' twice.";
        var writes = new List<NamedWrite>();
        using var properties = write.EnumerateObject();
        foreach (var property in properties)
        {
            if (writes.Count == MaxWrites) return $"'write' has more than {MaxWrites} points.";
            writes.Add(new NamedWrite(property.Name, ValueOf(property.Value)));
        }

        if (writes.Count == 0) return "'write' is empty: expected point names and values.";
        command = new DownlinkCommand(text, expires, writes);
        return null;
    }

    /// <summary>Looks at the names of an object before any of it is asked for: JsonElement throws where it meets one that is no
    /// text.</summary>
    private static Names NamesOf(JsonElement element)
    {
        var found = new Names(AreText: true, Doubled: null, Id: null);
        var names = new HashSet<string>(StringComparer.Ordinal);
        using var members = element.EnumerateObject();
        foreach (var member in members)
        {
            if (NameOf(member) is not { } name) found = found with { AreText = false };
            else if (!names.Add(name)) found = found with { Doubled = name is "id" ? name : found.Doubled ?? name };
            else if (name is "id") found = found with { Id = member.Value };
        }

        return found;
    }

    private static string? NameOf(JsonProperty member)
    {
        try
        {
            return member.Name;
        }
        catch (InvalidOperationException)
        {
            return null; // "\ud800"
        }
    }

    /// <summary>The names of an object.</summary>
    /// <param name="AreText">Whether none is half of a surrogate pair.</param>
    /// <param name="Doubled">One that is there twice: which of the two is meant nobody knows, and so it is not carried out. The id before
    /// all others, since only what has one can be answered for good.</param>
    /// <param name="Id">What stands by the name <c>id</c>.</param>
    private readonly record struct Names(bool AreText, string? Doubled, JsonElement? Id);

    private static Variant ValueOf(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.True => Variant.From(true),
        JsonValueKind.False => Variant.From(false),
        JsonValueKind.String => Variant.From(element.GetString()!), // a string, so not null
        JsonValueKind.Number when element.TryGetInt64(out long integer) => Variant.From(integer),
        JsonValueKind.Number when element.TryGetUInt64(out ulong integer) => Variant.From(integer),
        JsonValueKind.Number when element.TryGetDouble(out double number) && double.IsFinite(number) => Variant.From(number),
        _ => default,
    };

    private static string Short(string text) => text.Length <= 64 ? text : text[..64] + "…";

    private static ReadOnlySpan<byte> NameOf(CommandOutcome outcome) => outcome switch
    {
        CommandOutcome.Done => "done"u8,
        CommandOutcome.Refused => "refused"u8,
        CommandOutcome.TimedOut => "timedOut"u8,
        CommandOutcome.Absent => "absent"u8,
        _ => "unknown"u8,
    };
}
