using System.Globalization;
using System.Text.RegularExpressions;
using BridgeFramework.IotHub;

namespace BridgeFramework.Configuration;

/// <summary>Finds the line and column that a problem of a <c>device_info.json</c> speaks of.</summary>
internal sealed partial class DeviceInfoPlaces
{
    private readonly string _name;
    private readonly ConfigurationNode? _root;

    /// <param name="content">What is in the file; where it is no JSON, that is the problem, and has no field.</param>
    /// <param name="name">What mistakes call it.</param>
    public DeviceInfoPlaces(ReadOnlyMemory<byte> content, string name) => (_name, _root) = (name, JsonTreeReader.Read(name, content, []));

    /// <summary>The problem as a mistake of the configuration: at its field, or at the object that lacks it.</summary>
    public ConfigurationMistake MistakeOf(DeviceInfoProblem problem, bool isWarning = false)
    {
        var node = problem.Line == 0 ? NodeOf(problem.Field) : null;
        return new ConfigurationMistake
        {
            File = _name,
            Line = node?.Origin.Line ?? problem.Line,
            Column = node?.Origin.Column ?? problem.Column,
            Path = problem.Field,
            Message = problem.Message.TrimEnd('.') + ".",
            IsWarning = isWarning,
        };
    }

    /// <summary>The place of a field.</summary>
    public Origin OriginOf(string field) => NodeOf(field)?.Origin ?? new Origin { Source = _name };

    /// <summary>The field, or the object that lacks it.</summary>
    private ConfigurationNode? NodeOf(string field)
    {
        var node = _root;
        foreach (Match step in Steps().Matches(field))
        {
            var next = step.Groups["index"] is { Success: true } index
                ? node?.Items.ElementAtOrDefault(int.Parse(index.ValueSpan, CultureInfo.InvariantCulture))
                : node?[step.Value];
            if (next is null) break;
            node = next;
        }

        return node;
    }

    [GeneratedRegex(@"\[(?<index>[0-9]{1,9})\]|[^.\[\]]+", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Steps();
}
