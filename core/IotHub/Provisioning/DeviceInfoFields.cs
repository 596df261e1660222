using System.Text.Json;

namespace BridgeFramework.IotHub;

/// <summary>One object of a <c>device_info.json</c>: reads its fields and collects what is wrong with them.</summary>
internal sealed class DeviceInfoFields
{
    private const string Placeholder = "YOUR_";
    private readonly JsonElement _element;
    private readonly string _prefix;
    private readonly List<string> _problems;

    public DeviceInfoFields(JsonElement root)
        : this(root, "", [])
    {
    }

    private DeviceInfoFields(JsonElement element, string prefix, List<string> problems)
    {
        _element = element;
        _prefix = prefix;
        _problems = problems;
    }

    public IReadOnlyList<string> Problems => _problems;

    public bool IsObject => _element.ValueKind == JsonValueKind.Object;

    public void Problem(string problem) => _problems.Add(_prefix + problem);

    public bool Has(string name) => Member(name) is not null;

    public DeviceInfoFields? Section(string name)
    {
        if (Member(name) is not { } member) return null;
        if (member.ValueKind == JsonValueKind.Object) return new DeviceInfoFields(member, $"{_prefix}{name}.", _problems);
        Problem($"{name}: an object is expected");
        return null;
    }

    public DeviceInfoFields? RequiredSection(string name)
    {
        if (!Has(name)) Problem($"{name}: is missing");
        return Section(name);
    }

    public List<DeviceInfoFields>? Items(string name)
    {
        if (Member(name) is not { } member) return null;
        if (member.ValueKind != JsonValueKind.Array)
        {
            Problem($"{name}: a list is expected");
            return null;
        }

        var items = new List<DeviceInfoFields>();
#pragma warning disable IDISP004 // foreach disposes the enumerator
        foreach (var item in member.EnumerateArray()) items.Add(new DeviceInfoFields(item, $"{_prefix}{name}[{items.Count}].", _problems));
#pragma warning restore IDISP004
        return items;
    }

    public int? OptionalCount(string name)
    {
        if (Member(name) is not { } member) return null;
        if (member.ValueKind == JsonValueKind.Number && member.TryGetInt32(out int count) && count >= 0) return count;
        Problem($"{name}: a number from 0 is expected");
        return null;
    }

    public string? OptionalText(string name)
    {
        if (Member(name) is not { } member) return null;
        if (member.ValueKind == JsonValueKind.String) return member.GetString();
        Problem($"{name}: a text is expected");
        return null;
    }

    /// <summary>A text that somebody has filled in: the samples come with <c>YOUR_…</c> in it.</summary>
    public string? RequiredText(string name)
    {
        if (!Has(name)) Problem($"{name}: is missing");
        if (OptionalText(name) is not { } text) return null;
        if (text.StartsWith(Placeholder, StringComparison.OrdinalIgnoreCase))
            Problem($"{name}: still the placeholder '{text}'; put the value from the console "
                + $"there{(name == "deviceSecret" ? ", or fill in productSecret to register the device" : "")}");
        else if (text.Length == 0) Problem($"{name}: is empty");
        else return text;
        return null;
    }

    public DeviceIdentity? Identity(string productId, string deviceName)
    {
        string? product = RequiredText(productId);
        string? device = RequiredText(deviceName);
        if (product is null || device is null) return null;
        if (DeviceIdentity.TryCreate(product, device, out var identity, out string? problem)) return identity;
        Problem($"{productId}, {deviceName}: {problem}");
        return null;
    }

    public DeviceSecret? Secret(string name, bool required)
    {
        if (!required && !Has(name)) return null;
        if (RequiredText(name) is not { } text) return null;
        if (DeviceSecret.TryParse(text, out var secret, out string? problem)) return secret;
        Problem($"{name}: {problem}");
        return null;
    }

    /// <summary>A product secret that somebody has filled in; the samples carry the field without using it.</summary>
    public ProductSecret? ProductSecret(string name)
    {
        if (!IsFilledIn(name) || OptionalText(name) is not { } text) return null;
        if (IotHub.ProductSecret.TryParse(text, out var secret, out string? problem)) return secret;
        Problem($"{name}: {problem}");
        return null;
    }

    /// <summary>Whether a field holds more than nothing or a placeholder.</summary>
    public bool IsFilledIn(string name) =>
        Member(name) is { } member
            && (member.ValueKind != JsonValueKind.String
                || (member.GetString() is { Length: > 0 } text && !text.StartsWith(Placeholder, StringComparison.OrdinalIgnoreCase)));

    private JsonElement? Member(string name) =>
        IsObject && _element.TryGetProperty(name, out var member) && member.ValueKind != JsonValueKind.Null ? member : null;
}
