using System.Text.Json;

namespace BridgeFramework.IotHub;

/// <summary>Looks for members of JSON that comes from outside: what is not there, or is of another kind, is null.</summary>
internal static class JsonMembers
{
    public static JsonElement? Member(this JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var member) ? member : null;

    public static string? Text(this JsonElement element, string name) =>
        element.Member(name) is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;

    public static long? Whole(this JsonElement element, string name) =>
        element.Member(name) is { ValueKind: JsonValueKind.Number } number && number.TryGetInt64(out long value) ? value : null;
}
