using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace BridgeFramework.Configuration;

/// <summary>Makes one sub-device for each number of a <c>range</c>.</summary>
internal static partial class RangeExpansion
{
    /// <summary>Gives the sub-devices that one entry of <c>devices</c> stands for: itself, or one for each number.</summary>
    public static IEnumerable<ConfigurationNode> Expand(ConfigurationNode device, ICollection<ConfigurationMistake> mistakes)
    {
        if (device["range"] is not { } range) return WithoutRange(device, mistakes);
        if (range.Kind != JsonValueKind.String) return [];
        if (device["id"] is { Kind: JsonValueKind.String } id && !Placeholder().IsMatch(id.Text))
        {
            mistakes.Add(id.Origin.Mistake(
                $"{SchemaWords.Shown(id)} gives every sub-device of the range the same id: put {{n}} or {{n:00}} in it."));
            return [];
        }

        var (numbers, mistake) = NumberList.Parse(range.Text);
        if (mistake is not null) mistakes.Add(range.Origin.Mistake(mistake));
        return numbers.Select(n => Numbered(device, n));
    }

    private static IReadOnlyList<ConfigurationNode> WithoutRange(ConfigurationNode device, ICollection<ConfigurationMistake> mistakes)
    {
        if (device["id"] is not { Kind: JsonValueKind.String } id || !Placeholder().IsMatch(id.Text)) return [device];
        mistakes.Add(id.Origin.Mistake(
            $"{SchemaWords.Shown(id)} holds {Placeholder().Match(id.Text).Value}, and there is no 'range' to give it numbers: add one, "
                + "such as \"range\": \"1..8\"."));
        return [];
    }

    private static ConfigurationNode Numbered(ConfigurationNode device, int n)
    {
        string note = string.Create(CultureInfo.InvariantCulture, $"n={n}");
        var members = device.Members
            .Where(m => m.Key is not "range")
            .Select(m => m.Key is "id" or "secret" or "certificate" or "settings" ? m with { Value = Substitute(m.Value, n, note) } : m);
        return ConfigurationNode.Object(device.Origin.With(note), [.. members]);
    }

    private static ConfigurationNode Substitute(ConfigurationNode node, int n, string note)
    {
        switch (node.Kind)
        {
            case JsonValueKind.Object:
                return ConfigurationNode.Object(
                    node.Origin, [.. node.Members.Select(m => m with { Value = Substitute(m.Value, n, note) })]);
            case JsonValueKind.Array:
                return ConfigurationNode.Array(node.Origin, [.. node.Items.Select(item => Substitute(item, n, note))]);
            case JsonValueKind.String when string.Equals(node.Text, "{n}", StringComparison.Ordinal):
                return ConfigurationNode.Literal(node.Origin.With(note), n.ToString(CultureInfo.InvariantCulture));
            case JsonValueKind.String when Placeholder().IsMatch(node.Text):
                return ConfigurationNode.String(
                    node.Origin.With(note),
                    Placeholder().Replace(node.Text, match => n.ToString(
                        "D" + match.Groups["digits"].Length.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture)));
            default:
                return node;
        }
    }

    [GeneratedRegex(@"\{n(?::(?<digits>0{1,9}))?\}", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Placeholder();
}
