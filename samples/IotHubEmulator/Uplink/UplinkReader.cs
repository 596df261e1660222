using System.Buffers;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace BridgeFramework.IotHubEmulator;

/// <summary>Reads the messages of a gateway that numbers its samples; docs/wire.md has their forms.</summary>
/// <remarks>Strict: what has an unknown, a missing or a repeated member is somebody else's message.</remarks>
public static class UplinkReader
{
    /// <summary>The largest number that every reader of JSON keeps exactly.</summary>
    public const long MaxSequence = 1L << 53;

    private const int MaxPayload = 64 * 1024;
    private const int EpochLength = 8;
    private static readonly SearchValues<char> EpochCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyz234567");
    private static readonly JsonDocumentOptions Options = new() { MaxDepth = 16 };

    /// <summary>Whether a message is the reply to a command: it begins with <c>{"outcome":</c> and has no sequence.</summary>
    public static bool IsReply(ReadOnlySpan<byte> payload) => payload.StartsWith("{\"outcome\":"u8);

    /// <summary>Reads one message; never throws on any input, and holds no more samples than the payload has bytes.</summary>
    /// <param name="payload">Anything.</param>
    /// <param name="fault">Why it is no message of this form, a sentence.</param>
    /// <returns>The message, or <see langword="null"/>.</returns>
    public static UplinkMessage? TryRead(ReadOnlyMemory<byte> payload, out string fault)
    {
        fault = "";
        if (payload.Length > MaxPayload)
        {
            fault = string.Create(CultureInfo.InvariantCulture, $"It has {payload.Length} bytes, more than {MaxPayload}.");
            return null;
        }

        if (!Utf8.IsValid(payload.Span))
        {
            fault = "It is not UTF-8.";
            return null;
        }

        try
        {
            using var document = JsonDocument.Parse(payload, Options);
            return Read(document.RootElement);
        }
        catch (NotThisFormException exception)
        {
            fault = exception.Message;
        }
        catch (JsonException)
        {
            fault = "It is not JSON.";
        }
        catch (InvalidOperationException)
        {
            fault = "It holds a text that is not Unicode.";   // half of a surrogate pair, escaped
        }

        return null;
    }

    private static UplinkMessage Read(JsonElement root)
    {
        var members = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        foreach (var member in Members(root, "the message"))
            if (!members.TryAdd(member.Name, member.Value)) throw new NotThisFormException($"'{Short(member.Name)}' is there twice.");
        long sequence = Integer(Take(members, "seq"), "seq");
        if (sequence is < 1 or > MaxSequence) throw new NotThisFormException($"'seq' is {sequence}, not 1 to 2^53.");
        string epoch = Text(Take(members, "epoch"), "epoch");
        if (epoch.Length != EpochLength || epoch.AsSpan().ContainsAnyExcept(EpochCharacters))
            throw new NotThisFormException($"'epoch' is '{Short(epoch)}', not 8 characters of a-z and 2-7.");
        var lane = UplinkLaneKind.Live;
        if (members.Remove("backfill", out var backfill))
        {
            if (backfill.ValueKind is not JsonValueKind.True) throw new NotThisFormException("'backfill' is true or absent.");
            lane = UplinkLaneKind.Backfill;
        }

        var head = new Head(sequence, epoch, lane);
        var message = members.ContainsKey("sets") ? ReadCompact(members, head)
            : members.ContainsKey("event") ? ReadEvent(members, head)
            : ReadPlain(members, head);
        if (members.Count > 0) throw new NotThisFormException($"'{Short(members.Keys.First())}' is not known.");
        if (message.Samples.Count == 0) throw new NotThisFormException("It holds no sample.");
        return message;
    }

    private static UplinkMessage ReadPlain(Dictionary<string, JsonElement> members, Head head)
    {
        long time = Integer(Take(members, "timestamp"), "timestamp");
        var samples = new List<UplinkSample>();
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var value in Members(Take(members, "values"), "values"))
            samples.Add(new UplinkSample(Once(names, value.Name), time, IsGood: true, Scalar(value.Value)));
        int good = samples.Count;
        if (members.Remove("bad", out var bad))
            foreach (var value in Members(bad, "bad"))
                samples.Add(new UplinkSample(Once(names, value.Name), time, IsGood: false, Text(value.Value, "bad")));
        return head.Message(UplinkForm.Plain, samples) with { IsOrderUnknown = good > 0 && good < samples.Count };
    }

    private static UplinkMessage ReadEvent(Dictionary<string, JsonElement> members, Head head)
    {
        long time = Integer(Take(members, "timestamp"), "timestamp");
        string name = Text(Take(members, "event"), "event");
        string level = Text(Take(members, "level"), "level");
        string data = Take(members, "data") is { ValueKind: JsonValueKind.Object } value ? value.GetRawText()
            : throw new NotThisFormException("'data' is no object.");
        return head.Message(UplinkForm.Event, [new UplinkSample(name, time, IsGood: true, $"{level} {data}")]);
    }

    private static UplinkMessage ReadCompact(Dictionary<string, JsonElement> members, Head head)
    {
        long origin = Integer(Take(members, "base"), "base");
        var names = new HashSet<string>(StringComparer.Ordinal);
        var points = new List<string>();
        foreach (var name in Items(Take(members, "points"), "points")) points.Add(Once(names, Text(name, "points")));
        var samples = new List<UplinkSample>();
        List<int>? columns = null;
        foreach (var set in Items(Take(members, "sets"), "sets"))
        {
            var items = Items(set, "a set");
            if (items.Count == 0) throw new NotThisFormException("A set has no offset.");
            long time = origin + Integer(items[0], "an offset");
            int first = 1;
            if (items.Count > 1 && items[1].ValueKind is JsonValueKind.Array)
            {
                columns = ReadColumns(items[1], points.Count);
                first = 2;
            }

            if (columns is null) throw new NotThisFormException("The first set names no columns.");
            if (items.Count - first != columns.Count)
                throw new NotThisFormException($"A set has {items.Count - first} values for {columns.Count} columns.");
            for (int i = 0; i < columns.Count; i++) samples.Add(Sample(points[columns[i]], time, items[first + i]));
        }

        return head.Message(UplinkForm.Compact, samples);
    }

    private static List<int> ReadColumns(JsonElement list, int points)
    {
        var columns = new List<int>();
        var seen = new HashSet<long>();
        foreach (var item in Items(list, "columns"))
        {
            long column = Integer(item, "a column");
            if (column < 0 || column >= points) throw new NotThisFormException($"Column {column} is none of the {points} points.");
            if (!seen.Add(column)) throw new NotThisFormException($"Column {column} is there twice in one set.");
            columns.Add((int)column);
        }

        return columns;
    }

    private static UplinkSample Sample(string point, long time, JsonElement value)
    {
        if (value.ValueKind is not JsonValueKind.Object) return new UplinkSample(point, time, IsGood: true, Scalar(value));
        return Members(value, "a value") is [var bad] && bad.NameEquals("bad"u8)
            ? new UplinkSample(point, time, IsGood: false, Text(bad.Value, "bad"))
            : throw new NotThisFormException("A value is an object, and not one with the one member 'bad'.");
    }

    private static string Scalar(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Number => value.GetRawText(),
        JsonValueKind.True => "true",
        JsonValueKind.False => "false",
        // Read and quoted again, so that two ways to escape a text are one text.
        JsonValueKind.String => $"\"{value.GetString()}\"",
        _ => throw new NotThisFormException("A value is neither number, true, false nor text."),
    };

    private static long Integer(JsonElement value, string name) =>
        value.ValueKind is JsonValueKind.Number && value.TryGetInt64(out long number) && number is >= -MaxSequence and <= MaxSequence
            ? number : throw new NotThisFormException($"'{name}' is no integer of at most 2^53.");

    private static string Text(JsonElement value, string name) =>
        value.ValueKind is JsonValueKind.String ? value.GetString() ?? ""
            : throw new NotThisFormException($"'{name}' holds something that is no text.");

    private static List<JsonProperty> Members(JsonElement value, string name) =>
        value.ValueKind is JsonValueKind.Object ? [.. value.EnumerateObject()] : throw new NotThisFormException($"'{name}' is no object.");

    private static List<JsonElement> Items(JsonElement value, string name) =>
        value.ValueKind is JsonValueKind.Array ? [.. value.EnumerateArray()] : throw new NotThisFormException($"'{name}' is no array.");

    private static JsonElement Take(Dictionary<string, JsonElement> members, string name) =>
        members.Remove(name, out var value) ? value : throw new NotThisFormException($"'{name}' is missing.");

    private static string Once(HashSet<string> names, string name) =>
        names.Add(name) ? name : throw new NotThisFormException($"Point '{Short(name)}' is there twice.");

    private static string Short(string text) => text.Length <= 40 ? text : string.Concat(text.AsSpan(0, 40), "…");

    /// <summary>What all forms begin with.</summary>
    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Head(long Sequence, string Epoch, UplinkLaneKind Lane)
    {
        public UplinkMessage Message(UplinkForm form, IReadOnlyList<UplinkSample> samples) =>
            new() { Sequence = Sequence, Epoch = Epoch, Lane = Lane, Form = form, Samples = samples };
    }

    // A rare way out of nested reading; it never leaves this class.
    private sealed class NotThisFormException(string message) : Exception(message);
}
