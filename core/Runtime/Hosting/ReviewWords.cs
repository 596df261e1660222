using System.Globalization;
using BridgeFramework.Configuration;

namespace BridgeFramework.Runtime;

/// <summary>What there is to say to an operator about a configuration that is held against what runs.</summary>
internal static class ReviewWords
{
    private const int Shown = 3; // mistakes

    /// <summary>What came of it.</summary>
    public static string Of(PlanReview review) => review.Refusal switch
    {
        PlanRefusal.Invalid => MistakesOf(review.Configuration),
        PlanRefusal.NeedsRestart => RestartOf(review),
        PlanRefusal.RemovesMost => RemovalOf(review),
        _ => review.Diff is { IsEmpty: false } diff ? Listed(diff, review.Restarted) : "They say what runs already.",
    };

    /// <summary>How the files stand towards what runs.</summary>
    /// <param name="review">The files as they were read last.</param>
    /// <param name="wasTried">Whether they were to be applied.</param>
    /// <param name="lastGood">Since when the files that run are the last good ones, if they are.</param>
    public static ConfigurationStatus StatusOf(PlanReview review, bool wasTried, DateTimeOffset? lastGood)
    {
        var state = review switch
        {
            { Refusal: PlanRefusal.Invalid } => ConfigurationState.Invalid,
            { Refusal: not PlanRefusal.None } when wasTried => ConfigurationState.Refused,
            { Diff.IsEmpty: true } when lastGood is null => ConfigurationState.InForce,
            _ => ConfigurationState.Different,
        };
        string? remark = state switch
        {
            ConfigurationState.InForce => null,
            ConfigurationState.Different => "The configuration files differ from what runs: 'bridge config apply --dry-run' shows how, "
                + "'bridge config apply' applies them.",
            ConfigurationState.Refused => $"The configuration files differ from what runs and were not applied. {Of(review)}",
            _ => $"The configuration files have mistakes: 'bridge validate' shows all. {Of(review)}",
        };
        if (lastGood is { } since)
            remark = string.Create(
                CultureInfo.InvariantCulture, $"The gateway runs the last good files, kept {since:yyyy-MM-dd HH:mm:ss}Z. {remark}");
        return new ConfigurationStatus { State = state, Remark = remark, LastGoodSince = lastGood };
    }

    /// <summary>The first mistakes, and how many more there are.</summary>
    public static string MistakesOf(ConfigurationResult configuration)
    {
        var mistakes = configuration.Mistakes.Where(mistake => !mistake.IsWarning).ToList();
        string shown = string.Join(' ', mistakes.Take(Shown));
        return mistakes.Count > Shown ? $"{shown} And {mistakes.Count - Shown} more." : shown;
    }

    private static string RestartOf(PlanReview review) =>
        $"A restart of the gateway is needed for {string.Join(", ", review.Diff?.NeedsRestart.Select(change => change.Path) ?? [])}.";

    private static string RemovalOf(PlanReview review)
    {
        int gone = review.Diff?.SubDevices.Count(device => device.Change == PlanChange.Removed) ?? 0;
        return $"{gone} of {review.Diff?.PresentSubDevices} sub-devices would be removed: where that is meant, order "
            + "'bridge config apply --yes'.";
    }

    private static string Listed(PlanDiff diff, IReadOnlyList<string> restarted)
    {
        using var text = new StringWriter(CultureInfo.InvariantCulture) { NewLine = "\n" };
        text.WriteLine("What differed:");
        PlanDiffPrinter.Print(diff, text, restarted.Contains);
        return text.ToString().TrimEnd();
    }
}
