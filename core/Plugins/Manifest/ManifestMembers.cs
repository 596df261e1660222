using System.Text.Json;
using System.Text.RegularExpressions;

namespace BridgeFramework.Plugins;

/// <summary>Takes the members of one object in a manifest, each once; what is wrong with them is collected.</summary>
/// <param name="owner">The object.</param>
/// <param name="place">What comes before a member's name in a message, such as <c>drivers[0].</c>; empty for the manifest itself.</param>
/// <param name="mistakes">Takes one clause for each mistake.</param>
internal sealed class ManifestMembers(JsonElement owner, string place, List<string> mistakes)
{
    private readonly List<string> _known = [];

    public string Text(string name, Regex form, string expected) =>
        Member(name, JsonValueKind.String, $"no text, expected {expected}", $"expected {expected}") is { } member
            ? Text(name, member, form, expected) : "";

    public string? OptionalText(string name, Regex form, string expected) =>
        owner.TryGetProperty(name, out _) ? Text(name, form, expected) : Optional(name);

    public int Number(string name, int least)
    {
        if (Member(name, JsonValueKind.Number, $"no number, expected {least} or more", $"expected {least} or more") is not { } member)
            return least;
        if (member.TryGetInt32(out int number) && number >= least) return number;
        mistakes.Add($"'{place}{name}' is {Shorten(member.GetRawText())}, expected an integer, {least} or more");
        return least;
    }

    public bool OptionalTruth(string name)
    {
        _known.Add(name);
        if (!owner.TryGetProperty(name, out var member)) return false;
        if (member.ValueKind is not (JsonValueKind.True or JsonValueKind.False))
            mistakes.Add($"'{place}{name}' is {Shorten(member.GetRawText())}, expected true or false");
        return member.ValueKind == JsonValueKind.True;
    }

    public IReadOnlyList<JsonElement> Items(string name, string expected)
    {
        List<JsonElement> items = [];
        if (Member(name, JsonValueKind.Array, $"no list, expected {expected}", $"expected {expected}") is not { } member) return items;
        using var all = member.EnumerateArray();
        items.AddRange(all);
        return items;
    }

    public IReadOnlyList<string> Texts(string name, string expected)
    {
        List<string> texts = [];
        foreach (var item in Items(name, expected))
        {
            if (item.ValueKind == JsonValueKind.String) texts.Add(item.GetString() ?? "");
            else mistakes.Add($"'{place}{name}' has {Shorten(item.GetRawText())}, expected {expected}");
        }

        return texts;
    }

    public JsonElement? Object(string name, string expected) =>
        Member(name, JsonValueKind.Object, $"no object, expected {expected}", $"expected {expected}");

    /// <summary>Said last: a member that nobody has asked for.</summary>
    public void RefuseOthers()
    {
        using var members = owner.EnumerateObject();
        foreach (var member in members)
            if (!_known.Contains(member.Name, StringComparer.Ordinal))
                mistakes.Add($"'{place}{Shorten(member.Name)}' is not known, expected {string.Join(", ", _known)}");
    }

    public static string Shorten(string text) => text.Length <= 80 ? text : $"{text.AsSpan(0, 80)}…";

    private string? Optional(string name)
    {
        _known.Add(name);
        return null;
    }

    private JsonElement? Member(string name, JsonValueKind kind, string wrongKind, string expected)
    {
        _known.Add(name);
        if (!owner.TryGetProperty(name, out var member)) mistakes.Add($"'{place}{name}' is missing, {expected}");
        else if (member.ValueKind != kind) mistakes.Add($"'{place}{name}' is {wrongKind}");
        else return member;
        return null;
    }

    private string Text(string name, JsonElement member, Regex form, string expected)
    {
        string text = member.GetString() ?? "";
        if (form.IsMatch(text)) return text;
        mistakes.Add($"'{place}{name}' is \"{Shorten(text)}\", expected {expected}");
        return "";
    }
}
