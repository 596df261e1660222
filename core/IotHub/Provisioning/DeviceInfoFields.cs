using System.Globalization;
using System.Text.Json;

namespace BridgeFramework.IotHub;

/// <summary>One object of a <c>device_info.json</c>: reads its fields and collects what is wrong with them.</summary>
internal sealed class DeviceInfoFields
{
    private const string Placeholder = "YOUR_";
    private readonly JsonElement _element;
    private readonly string _place;
    private readonly List<DeviceInfoProblem> _problems;

    public DeviceInfoFields(JsonElement root)
        : this(root, "", [])
    {
    }

    private DeviceInfoFields(JsonElement element, string place, List<DeviceInfoProblem> problems) =>
        (_element, _place, _problems) = (element, place, problems);

    public IReadOnlyList<DeviceInfoProblem> Problems => _problems;

    public bool IsObject => _element.ValueKind == JsonValueKind.Object;

    /// <summary>Something is wrong with the object itself.</summary>
    public void Problem(string message) => _problems.Add(new DeviceInfoProblem(_place, message));

    /// <summary>Something is wrong with one of its fields.</summary>
    public void Problem(string name, string message) => _problems.Add(new DeviceInfoProblem(PlaceOf(name), message));

    public bool Has(string name) => Member(name) is not null;

    /// <summary>An object that nothing may need; null where it is something else.</summary>
    public DeviceInfoFields? Section(string name) =>
        Member(name) is { ValueKind: JsonValueKind.Object } member ? new DeviceInfoFields(member, PlaceOf(name), _problems) : null;

    public DeviceInfoFields? RequiredSection(string name)
    {
        var section = Section(name);
        if (section is null) Problem(name, Has(name) ? "an object is expected" : "is missing");
        return section;
    }

    public List<DeviceInfoFields>? Items(string name)
    {
        if (Member(name) is not { } member) return null;
        if (member.ValueKind != JsonValueKind.Array)
        {
            Problem(name, "a list is expected");
            return null;
        }

        var items = new List<DeviceInfoFields>();
#pragma warning disable IDISP004 // foreach disposes the enumerator
        foreach (var item in member.EnumerateArray())
        {
            string index = items.Count.ToString(CultureInfo.InvariantCulture);
            items.Add(new DeviceInfoFields(item, PlaceOf($"{name}[{index}]"), _problems));
        }

#pragma warning restore IDISP004
        return items;
    }

    public int? OptionalCount(string name)
    {
        if (Member(name) is not { } member) return null;
        if (member.ValueKind == JsonValueKind.Number && member.TryGetInt32(out int count) && count >= 0) return count;
        Problem(name, "a number from 0 is expected");
        return null;
    }

    public string? OptionalText(string name)
    {
        if (Member(name) is not { } member) return null;
        if (member.ValueKind == JsonValueKind.String) return member.GetString();
        Problem(name, "a text is expected");
        return null;
    }

    /// <summary>A text that nothing may need: null where nobody has filled it in, or it is something else.</summary>
    public string? FilledInText(string name) =>
        IsFilledIn(name) && Member(name) is { ValueKind: JsonValueKind.String } member ? member.GetString() : null;

    /// <summary>A text that somebody has filled in: the samples come with <c>YOUR_…</c> in it.</summary>
    /// <param name="name">The field.</param>
    /// <param name="otherwise">What else to do than to put the value from the console there.</param>
    public string? RequiredText(string name, string otherwise = "")
    {
        if (!Has(name)) Problem(name, "is missing");
        if (OptionalText(name) is not { } text) return null;
        if (text.StartsWith(Placeholder, StringComparison.OrdinalIgnoreCase))
            Problem(name, $"still the placeholder '{text}'; put the value from the console there{otherwise}");
        else if (text.Length == 0) Problem(name, "is empty");
        else return text;
        return null;
    }

    public DeviceIdentity? Identity(string productId, string deviceName)
    {
        string? product = RequiredText(productId);
        string? device = RequiredText(deviceName);
        if (product is null || device is null) return null;
        if (DeviceIdentity.TryCreate(product, device, out var identity, out string? problem)) return identity;
        Problem($"{productId}, {deviceName}", problem);
        return null;
    }

    public DeviceSecret? Secret(string name, string otherwise = "")
    {
        if (RequiredText(name, otherwise) is not { } text) return null;
        if (DeviceSecret.TryParse(text, out var secret, out string? problem)) return secret;
        Problem(name, problem);
        return null;
    }

    /// <summary>Whether a field holds more than nothing or a placeholder.</summary>
    public bool IsFilledIn(string name) => Has(name) && !IsBlank(name);

    /// <summary>Whether a field is as the samples bring it: empty, or a placeholder.</summary>
    public bool IsBlank(string name) =>
        Member(name) is { ValueKind: JsonValueKind.String } member
            && (member.GetString() is not { Length: > 0 } text || text.StartsWith(Placeholder, StringComparison.OrdinalIgnoreCase));

    private string PlaceOf(string name) => _place.Length == 0 ? name : $"{_place}.{name}";

    private JsonElement? Member(string name) =>
        IsObject && _element.TryGetProperty(name, out var member) && member.ValueKind != JsonValueKind.Null ? member : null;
}
