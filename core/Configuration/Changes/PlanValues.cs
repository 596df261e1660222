using System.Collections;
using System.Globalization;
using System.Reflection;
using System.Text.Json;
using BridgeFramework.IotHub;
using BridgeFramework.Plugins;

namespace BridgeFramework.Configuration;

/// <summary>Takes a part of a plan apart into its settings, each a path and a value, to be compared with another plan.</summary>
/// <remarks>
/// Every property of a record counts, so that one that a plan gains later is compared without a word here. What is computed from
/// others, which has no <c>init</c>, does not count twice.
/// </remarks>
internal static class PlanValues
{
    /// <summary>The settings of a part, by path. What is not set is not in it.</summary>
    /// <param name="part">A record of a plan.</param>
    /// <param name="path">What its paths begin with.</param>
    /// <param name="except">Names of its properties that do not count.</param>
    public static Dictionary<string, PlanValue> Of(object part, string path = "", params ReadOnlySpan<string> except)
    {
        var values = new Dictionary<string, PlanValue>(StringComparer.Ordinal);
        AddRecord(values, path, part, except);
        return values;
    }

    private static void Add(Dictionary<string, PlanValue> values, string path, object? value)
    {
        switch (value)
        {
            case null: break;
            case JsonElement json: JsonValues.Add(values, path, json); break;
            case Secret or DeviceSecret: values[path] = PlanValue.Hidden(value); break;
            case TimeSpan duration: AddText(values, path, DurationJsonConverter.Format(duration)); break;
            case bool truth: AddText(values, path, truth ? "true" : "false"); break;
            case Enum word: AddText(values, path, JsonNamingPolicy.CamelCase.ConvertName(word.ToString())); break;
            case string or Uri or IFormattable or PluginTrust or DeviceIdentity or MaintenanceWindow:
                AddText(values, path, Convert.ToString(value, CultureInfo.InvariantCulture) ?? "");
                break;
            case IEnumerable<PointPlan> points:
                foreach (var point in points) AddPoint(values, Join(path, point.Name), point);
                break;
            case IEnumerable<string> texts: AddText(values, path, $"[{string.Join(", ", texts.Select(JsonValues.Quoted))}]"); break;
            case IEnumerable: throw new NotSupportedException($"A plan's {path} is a list of a kind that cannot be compared yet.");
            default: AddRecord(values, path, value, []); break;
        }
    }

    private static void AddPoint(Dictionary<string, PlanValue> values, string path, PointPlan point)
    {
        values[path] = new PlanValue("(a point)") { IsWhole = true };
        AddRecord(values, path, point, [nameof(PointPlan.Name)]);
    }

    private static void AddRecord(
        Dictionary<string, PlanValue> values, string path, object record, ReadOnlySpan<string> except)
    {
        int before = values.Count;
        bool isEmpty = true;
        foreach (var property in record.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance))
        {
            if (!property.CanWrite) continue;
            isEmpty = false;
            if (!except.Contains(property.Name)) Add(values, Join(path, NameOf(property)), property.GetValue(record));
        }

        if (isEmpty) throw new NotSupportedException($"A plan's {path} is a {record.GetType().Name}, which has no settings.");
        if (values.Count == before) AddText(values, path, "{}"); // another thing than none
    }

    /// <summary>As it is called in <c>bridge.json</c>.</summary>
    private static string NameOf(PropertyInfo property) => property.Name switch
    {
        nameof(HubSettings.DeviceInfoFile) => "deviceInfo",
        nameof(SubDevicePlan.CertificateFile) when property.DeclaringType == typeof(SubDevicePlan) => "certificate",
        nameof(SubDevicePlan.DeviceType) => "type",
        var name => JsonNamingPolicy.CamelCase.ConvertName(name),
    };

    private static void AddText(Dictionary<string, PlanValue> values, string path, string text) =>
        values[path] = new PlanValue(text);

    private static string Join(string path, string name) => path.Length == 0 ? name : $"{path}.{name}";
}
