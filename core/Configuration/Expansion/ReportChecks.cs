using System.Text.Json;

namespace BridgeFramework.Configuration;

/// <summary>Says what does not go together in a <c>report</c>.</summary>
internal static class ReportChecks
{
    private static readonly string[] KindsWithoutDeadband = ["boolean", "text", "bytes"];

    /// <summary>Looks at the <c>report</c> of a point, a sub-device or a device type, if it has one.</summary>
    public static void Check(ConfigurationNode holder, ICollection<ConfigurationMistake> mistakes)
    {
        if (!holder.TryGetObject("report", out var report)) return;
        CheckIntervals(report, mistakes);
        CheckOnChange(report, mistakes);
        if (holder.TextOf("type") is not { } type || !KindsWithoutDeadband.Contains(type, StringComparer.Ordinal)) return;
        foreach (string key in (ReadOnlySpan<string>)["deadband", "deadbandPercent"])
            if (report[key] is { } deadband)
                mistakes.Add(deadband.Origin.Mistake(
                    $"a point of type {SchemaWords.Quoted(type)} has no dead-band: remove it, or write \"onChange\": true."));
    }

    private static void CheckIntervals(ConfigurationNode report, ICollection<ConfigurationMistake> mistakes)
    {
        if (report.TextOf("minInterval") is not { } least || report["maxInterval"] is not { Kind: JsonValueKind.String } most) return;
        if (!DurationJsonConverter.TryParse(least, out var minimum) || !DurationJsonConverter.TryParse(most.Text, out var maximum)
            || maximum >= minimum) return;
        mistakes.Add(most.Origin.Mistake(
            $"{SchemaWords.Shown(most)} is shorter than 'minInterval', {SchemaWords.Quoted(least)}: a value cannot go again before it "
                + "may go; make it longer."));
    }

    /// <summary>Where every value goes, what says which of them count as changed has no meaning.</summary>
    private static void CheckOnChange(ConfigurationNode report, ICollection<ConfigurationMistake> mistakes)
    {
        if (report["onChange"] is not { Kind: JsonValueKind.False } onChange) return;
        foreach (string key in (ReadOnlySpan<string>)["deadband", "deadbandPercent", "maxInterval"])
        {
            if (report[key] is null) continue;
            mistakes.Add(
                onChange.Origin.Mistake($"with 'onChange' false every value goes, and '{key}' has no meaning: remove one of the two."));
            return;
        }
    }
}
