using System.Collections;
using System.Globalization;
using System.Text.Json;
using BridgeFramework.IotHub;
using BridgeFramework.Plugins;

namespace BridgeFramework.Configuration.Tests;

/// <summary>A plan with one thing changed, for each property of each record that it is made of.</summary>
internal static class PlanVariants
{
    public static IEnumerable<(string Path, GatewayPlan Plan)> Of(GatewayPlan plan) =>
        Of(plan, typeof(GatewayPlan), "").Select(variant => (variant.Path, (GatewayPlan)variant.Value));

    private static IEnumerable<(string Path, object Value)> Of(object? value, Type type, string path)
    {
        if (Another(value, Nullable.GetUnderlyingType(type) ?? type) is { } another) return [(path, another)];
        return value switch
        {
            IDictionary dictionary => [(path, Activator.CreateInstance(dictionary.GetType())!)], // ! it has a constructor
            IEnumerable list => OfList([.. list.Cast<object>()], type.GetGenericArguments()[0], path),
            null => [(path, Activator.CreateInstance(type)!)], // ! likewise
            _ => OfRecord(value, path),
        };
    }

    private static IEnumerable<(string Path, object Value)> OfRecord(object record, string path)
    {
        var properties = record.GetType().GetProperties().Where(property => property.CanWrite).ToList();
        Assert.True(properties.Count > 0, $"{path} is a {record.GetType()}, of which no other is known here yet.");
        foreach (var property in properties)
        {
            string below = path.Length == 0 ? property.Name : $"{path}.{property.Name}";
            foreach (var (at, value) in Of(property.GetValue(record), property.PropertyType, below))
            {
                object copy = record.GetType().GetMethod("<Clone>$")!.Invoke(record, null)!; // ! every record has it
                property.SetValue(copy, value);
                yield return (at, copy);
            }
        }
    }

    /// <summary>Without its first item, and with another one in its place.</summary>
    private static IEnumerable<(string Path, object Value)> OfList(List<object> items, Type type, string path)
    {
        if (items.Count == 0)
        {
            if (Another(null, type) is { } first) yield return (path, ListOf([first], type));
            yield break;
        }

        yield return (path, ListOf(items.Skip(1), type));
        foreach (var (at, item) in Of(items[0], type, $"{path}[0]")) yield return (at, ListOf([item, .. items.Skip(1)], type));
    }

    private static Array ListOf(IEnumerable<object> items, Type type)
    {
        object[] all = [.. items];
        var list = Array.CreateInstance(type, all.Length);
        all.CopyTo(list, 0);
        return list;
    }

    /// <summary>Another value of a kind that is not taken apart.</summary>
    private static object? Another(object? value, Type type) =>
        type == typeof(bool) ? value is not true
        : type == typeof(string) ? "another"
        : type == typeof(int) || type == typeof(long) || type == typeof(double) ? Convert.ChangeType(9, type, CultureInfo.InvariantCulture)
        : type == typeof(TimeSpan) ? TimeSpan.FromSeconds(77)
        : type.IsEnum ? Enum.GetValues(type).Cast<object>().First(each => !each.Equals(value))
        : type == typeof(Uri) ? new Uri("http://127.0.0.1/")
        : type == typeof(JsonElement) ? JsonElement.Parse("""{ "another": 1 }""")
        : type == typeof(PluginTrust) ? PluginTrust.Only(["another"])
        : type == typeof(MaintenanceWindow) ? new MaintenanceWindow(new TimeOnly(1, 0), new TimeOnly(2, 0))
        : type == typeof(Secret) ? new Secret("another")
        : type == typeof(DeviceSecret) ? new DeviceSecret("EBESExQVFhcYGRobHB0eHw==")
        : type == typeof(ProductSecret) ? new ProductSecret("0123456789abcdef")
        : type == typeof(SubDeviceId) ? SubDeviceId.Parse("ANOTHER/one")
        : type == typeof(DeviceIdentity) ? new DeviceIdentity("ANOTHER", "one")
        : type == typeof(DeviceInfoProblem) ? new DeviceInfoProblem("", "another")
        : type == typeof(DeviceInfoSubDevice) ? new DeviceInfoSubDevice(new DeviceIdentity("ANOTHER", "one"), Secret: null)
        : null;
}
