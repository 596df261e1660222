using System.Text.Json;
using System.Text.Json.Nodes;

namespace BridgeFramework.Plugins;

/// <summary>Holds what a plugin registers against what its manifest says, by which operators and editors go.</summary>
internal static class DriverPromise
{
    private const string Rebuild =
        "rebuild the plugin, and see that neither Configure nor the defaults of its settings depend on the machine or the time";

    /// <exception cref="PluginRejectedException">The two differ.</exception>
    public static void Check(PluginManifest manifest, IReadOnlyList<DriverRegistration> registered)
    {
        var drivers = registered.ToDictionary(d => d.Info.Name, StringComparer.Ordinal);
        if (!drivers.Keys.ToHashSet(StringComparer.Ordinal).SetEquals(manifest.Drivers.Select(d => d.Info.Name)))
            throw new PluginRejectedException(
                $"its {PluginManifest.FileName} promises {Names(manifest.Drivers)}, and its Configure registered {Names(registered)}",
                    Rebuild);
        foreach (var promised in manifest.Drivers)
        {
            var differences = Differences(promised, drivers[promised.Info.Name]).ToList();
            if (differences.Count > 0)
                throw new PluginRejectedException(
                    $"what its Configure registered for driver '{promised}' is not what its {PluginManifest.FileName} says "
                        + $"({string.Join(", ", differences)})", Rebuild);
        }
    }

    private static IEnumerable<string> Differences(ManifestDriver promised, DriverRegistration registered)
    {
        if (promised.Info.Capabilities != registered.Info.Capabilities) yield return "capabilities";
        if (!promised.Info.ExclusiveSettings.SequenceEqual(registered.Info.ExclusiveSettings, StringComparer.Ordinal))
            yield return "exclusive settings";
        if (promised.Info.UpdateConcurrency != registered.Info.UpdateConcurrency) yield return "update concurrency";
        if (promised.Info.OffersFirmware != registered.Info.OffersFirmware) yield return "whether it offers firmware";
        if (!IsSame(promised.ChannelSchema, registered.ChannelSchema)) yield return "schema of the channel";
        if (!IsSame(promised.DeviceSchema, registered.DeviceSchema)) yield return "schema of the device";
        if (!IsSame(promised.PointSchema, registered.PointSchema)) yield return "schema of the point";
    }

    /// <summary>As texts are compared: a number that is not yet written has another type than one that was read.</summary>
    private static bool IsSame(JsonNode promised, JsonNode registered) =>
        JsonNode.DeepEquals(
            promised, JsonNode.Parse(registered.ToJsonString(), documentOptions: new JsonDocumentOptions { MaxDepth = 1000 }));

    private static string Names<T>(IEnumerable<T> drivers) => string.Join(", ", drivers);
}
