using BridgeFramework.Configuration;

namespace BridgeFramework.Gateway;

/// <summary>Configuration files that were held against what runs, for an operator's eyes: their mistakes, what differs, and what came
/// of it.</summary>
internal static class PrintedReview
{
    public static async Task WriteAsync(PlanReviewView review, TextWriter output, TextWriter error)
    {
        PrintedMistakes.Write(review.Mistakes, error);
        if (review.Diff is { } diff) PlanDiffPrinter.Print(diff, output, review.Restarted.Contains);
        var said = review.Outcome is PlanOutcome.Refused or PlanOutcome.Invalid ? error : output;
        await said.SayAsync(review.Message);
    }
}
