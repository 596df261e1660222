using System.Globalization;
using System.Text.Json;

namespace BridgeFramework.IotHub;

/// <summary>Looks for members of JSON that comes from outside: what is not there, is there twice, or is of another kind, is null.</summary>
internal static class JsonMembers
{
    private const int MaxNameLength = 40;

    /// <summary>Of two members with one name nobody knows which is meant, and JSON does not say it.</summary>
    public static JsonElement? Member(this JsonElement element, string name)
    {
        if (element.ValueKind != JsonValueKind.Object) return null;
        JsonElement? found = null;
#pragma warning disable IDISP004 // foreach disposes the enumerator
        foreach (var member in element.EnumerateObject())
#pragma warning restore IDISP004
        {
            if (!member.NameEquals(name)) continue;
            if (found is not null) return null;
            found = member.Value;
        }

        return found;
    }

    /// <summary>The name that an object has twice, as it is shown in a message; null where each is there once.</summary>
    public static string? Doubled(this JsonElement element)
    {
        if (element.ValueKind != JsonValueKind.Object) return null;
        var names = new HashSet<string>(StringComparer.Ordinal);
#pragma warning disable IDISP004 // foreach disposes the enumerator
        foreach (var member in element.EnumerateObject())
#pragma warning restore IDISP004
            if (!names.Add(member.Name)) return member.Name.Length > MaxNameLength ? member.Name[..MaxNameLength] + "…" : member.Name;
        return null;
    }

    public static string? Text(this JsonElement element, string name) =>
        element.Member(name) is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;

    public static long? Whole(this JsonElement element, string name) =>
        element.Member(name) is { ValueKind: JsonValueKind.Number } number && number.TryGetInt64(out long value) ? value : null;

    /// <summary>Where a message is no JSON, to follow what is wrong with it. What it says itself is not repeated: it is the sender's, and
    /// of any length.</summary>
    public static string PlaceOf(Exception exception) =>
        exception is JsonException { LineNumber: { } line, BytePositionInLine: { } position }
        ? string.Create(CultureInfo.InvariantCulture, $" (at byte {position + 1} of line {line + 1})") : " (a text in it is no Unicode)";
}
