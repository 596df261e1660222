using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace BridgeFramework.Configuration;

/// <summary>Takes what is a driver's own words apart into its values, each with its path.</summary>
internal static class JsonValues
{
    /// <summary>Adds the values in a JSON value. Numbers count by their text: 1 and 1.0 are two, and a driver may well see a
    /// difference.</summary>
    /// <param name="values">Takes them.</param>
    /// <param name="path">What their paths begin with.</param>
    /// <param name="json">The value; one that is nothing, or an object without members, adds nothing.</param>
    public static void Add(Dictionary<string, PlanValue> values, string path, JsonElement json)
    {
        if (json.ValueKind == JsonValueKind.Undefined) return;
        if (json.ValueKind != JsonValueKind.Object || json.GetPropertyCount() > 0) Add(values, path, json, isSecret: false);
    }

    /// <summary>A text as JSON has it, with as little escaped as can be.</summary>
    public static string Quoted(string text) => $"\"{JsonEncodedText.Encode(text, JavaScriptEncoder.UnsafeRelaxedJsonEscaping)}\"";

    private static void Add(Dictionary<string, PlanValue> values, string path, JsonElement json, bool isSecret)
    {
        switch (json.ValueKind)
        {
            case JsonValueKind.Object when json.GetPropertyCount() > 0:
                using (var members = json.EnumerateObject())
                    foreach (var member in members)
                        Add(values, Join(path, member.Name), member.Value, isSecret || SecretNames.IsSecret(member.Name));
                break;
            case JsonValueKind.Array when json.GetArrayLength() > 0:
                using (var items = json.EnumerateArray())
                    foreach (var (index, item) in items.Index())
                        Add(values, string.Create(CultureInfo.InvariantCulture, $"{path}[{index}]"), item, isSecret);
                break;
            default:
                string text = json.ValueKind == JsonValueKind.String ? Quoted(json.GetString() ?? "") : json.GetRawText();
                values[path] = isSecret ? PlanValue.Hidden(text) : new PlanValue(text);
                break;
        }
    }

    /// <summary>A name with a sign that has a meaning in paths is quoted: <c>a.b</c> is not <c>b</c> in <c>a</c>.</summary>
    private static string Join(string path, string name) =>
        name.Length > 0 && name.AsSpan().IndexOfAny(".[]\"") < 0 ? $"{path}.{name}" : $"{path}[{Quoted(name)}]";
}
