using System.Globalization;
using BridgeFramework.Files;

namespace BridgeFramework.Configuration;

/// <summary>Makes mistakes of what others can change: one for each thing that is to be mended, and one for all that only groups can
/// change.</summary>
internal static class ExposureMistakes
{
    private const int MaxWarnings = 3;
    private const string Unless = ", unless all of that group may decide what the gateway does.";

    public static IEnumerable<ConfigurationMistake> Of(IReadOnlyList<NamedExposure> exposures, ExposurePolicy policy)
    {
        // The folders that everything is in are come by each time.
        var found = exposures.DistinctBy(named => (named.Exposure.Kind, named.Exposure.Path)).ToList();
        foreach (var kind in found.Where(named => named.Exposure.IsGrave).GroupBy(named => named.Exposure.Kind))
            foreach (var mistake in policy == ExposurePolicy.Warn ? Warnings([.. kind]) : kind.Select(MistakeOf)) yield return mistake;
        var ofGroups = found.Where(named => !named.Exposure.IsGrave).ToList();
        if (ofGroups.Count > 0) yield return OfGroups(ofGroups);
    }

    private static ConfigurationMistake MistakeOf(NamedExposure found) => found.Origin.Mistake(found.Exposure.ToString());

    /// <summary>What is used all the same is told, and not by a line for each file of a disk that belongs to somebody else.</summary>
    private static IEnumerable<ConfigurationMistake> Warnings(List<NamedExposure> found)
    {
        int shown = found.Count > MaxWarnings + 1 ? MaxWarnings : found.Count;
        foreach (var (origin, exposure) in found.Take(shown)) yield return origin.Mistake(exposure.ToString(), isWarning: true);
        if (shown < found.Count)
            yield return found[^1].Origin.Mistake(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{found.Count - shown} more that the gateway goes by are like those that are named, the last one "
                        + $"'{found[^1].Exposure.Path}'."),
                isWarning: true);
    }

    private static ConfigurationMistake OfGroups(List<NamedExposure> found)
    {
        var (origin, first) = found[0];
        return origin.Mistake(
            found.Count == 1
                ? $"{first.Reason}: {first.Remedy}{Unless}"
                : string.Create(
                    CultureInfo.InvariantCulture,
                    $"{first.Reason}, and it is so with {found.Count - 1} more that the gateway goes by, the last one "
                        + $"'{found[^1].Exposure.Path}': {first.Remedy}, and likewise the others{Unless}"),
            isWarning: true);
    }
}
