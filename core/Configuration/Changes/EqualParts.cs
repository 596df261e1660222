using System.Runtime.InteropServices;
using System.Text.Json;

namespace BridgeFramework.Configuration;

/// <summary>Finds what is plainly the same in two plans: of thousands of sub-devices nearly all are as they were, and need not be taken
/// apart to see that.</summary>
/// <remarks>What is not the same here may still mean the same.</remarks>
internal static class EqualParts
{
    /// <summary>Leaves out the points that are the same in both.</summary>
    public static (SubDevicePlan Before, SubDevicePlan After) WithoutPoints(SubDevicePlan before, SubDevicePlan after)
    {
        var points = after.Points.ToDictionary(point => point.Name, StringComparer.Ordinal);
        var same = before.Points.Where(point => points.TryGetValue(point.Name, out var other) && AreSame(point, other))
            .Select(point => point.Name).ToHashSet(StringComparer.Ordinal);
        return (Without(before, same), Without(after, same));
    }

    /// <summary>Whether nothing differs.</summary>
    public static bool AreSame(SubDevicePlan before, SubDevicePlan after) =>
        before.Points.Count == 0 && after.Points.Count == 0 && AreSame(before.Settings, after.Settings)
        && before with { Points = [], Settings = default } == after with { Points = [], Settings = default };

    private static bool AreSame(PointPlan before, PointPlan after) =>
        AreSame(before.At, after.At) && before with { At = default } == after with { At = default };

    private static bool AreSame(JsonElement before, JsonElement after) =>
        before.ValueKind != JsonValueKind.Undefined && after.ValueKind != JsonValueKind.Undefined
        && JsonMarshal.GetRawUtf8Value(before).SequenceEqual(JsonMarshal.GetRawUtf8Value(after));

    private static SubDevicePlan Without(SubDevicePlan device, HashSet<string> points) =>
        points.Count == 0 ? device : device with { Points = [.. device.Points.Where(point => !points.Contains(point.Name))] };
}
