using BridgeFramework.Configuration;
using BridgeFramework.Runtime;

namespace BridgeFramework.Gateway;

/// <summary>What became of the configuration files when they were held against what runs.</summary>
internal enum PlanOutcome
{
    /// <summary>They say what runs already.</summary>
    NothingToDo,

    /// <summary>They differ, and can be applied.</summary>
    Applicable,

    /// <summary>They differed, and are in force now.</summary>
    Applied,

    /// <summary>They differ, and something is against it.</summary>
    Refused,

    /// <summary>They have mistakes.</summary>
    Invalid,
}

/// <summary>The configuration files held against what runs, and whether they are, or can be, applied.</summary>
internal sealed record PlanReviewView
{
    public required PlanOutcome Outcome { get; init; }

    /// <summary>What came of it and what to do, a sentence or two.</summary>
    public required string Message { get; init; }

    /// <summary>Why they are not applied.</summary>
    public required PlanRefusal Refusal { get; init; }

    /// <summary>The mistakes of the files, and the warnings.</summary>
    public required IReadOnlyList<ConfigurationMistake> Mistakes { get; init; }

    /// <summary>What differs from what runs, or did; absent where the files have mistakes.</summary>
    public PlanDiff? Diff { get; init; }

    /// <summary>The channels that start anew because of it, or have done so.</summary>
    public required IReadOnlyList<string> Restarted { get; init; }

    public static PlanReviewView Of(PlanReview review)
    {
        var outcome = review switch
        {
            { Refusal: PlanRefusal.Invalid } => PlanOutcome.Invalid,
            { Refusal: not PlanRefusal.None } => PlanOutcome.Refused,
            { Diff.IsEmpty: true } => PlanOutcome.NothingToDo,
            { IsApplied: true } => PlanOutcome.Applied,
            _ => PlanOutcome.Applicable,
        };
        return new PlanReviewView
        {
            Outcome = outcome,
            Message = outcome switch
            {
                PlanOutcome.Invalid => "Nothing has been changed: the configuration has mistakes.",
                PlanOutcome.Refused => $"Nothing has been changed: {WhyNot(review)}",
                PlanOutcome.NothingToDo => "The configuration files say what runs already: there is nothing to do.",
                PlanOutcome.Applied => $"The configuration files are in force. {Restarts(review, "started")}",
                _ => $"Nothing has been changed: 'bridge config apply' applies this. {Restarts(review, "would start")}",
            },
            Refusal = review.Refusal,
            Mistakes = review.Configuration.Mistakes,
            Diff = review.Diff,
            Restarted = review.Restarted,
        };
    }

    private static string WhyNot(PlanReview review) => review.Refusal == PlanRefusal.NeedsRestart
        ? $"a restart of the gateway is needed for {string.Join(", ", review.Diff?.NeedsRestart.Select(setting => setting.Path) ?? [])}."
        : $"{review.Diff?.SubDevices.Count(device => device.Change == PlanChange.Removed)} of {review.Diff?.PresentSubDevices} sub-devices "
            + "would be removed. Where that is meant, order 'bridge config apply --yes'.";

    private static string Restarts(PlanReview review, string start) => review.Restarted.Count == 0
        ? $"No channel {start} anew."
        : $"These channels {start} anew: {string.Join(", ", review.Restarted)}.";
}
