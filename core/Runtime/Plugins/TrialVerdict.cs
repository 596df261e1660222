using System.Globalization;

namespace BridgeFramework.Runtime;

/// <summary>Says whether the points of a channel do as well with the new version of its plugin as with the old one. Pure logic.</summary>
/// <remarks>
/// Compared are the points that can be expected to have been reported again: those that the old version read
/// in time, at an interval that fits twice into the trial, and those that the new one did report. What is
/// rarely heard of, a sleepy sensor, proves nothing by its silence.
/// </remarks>
internal static class TrialVerdict
{
    private const int Patience = 2; // intervals

    /// <summary>Compares a channel before and after.</summary>
    /// <param name="before">How it did when the old version was told to make room.</param>
    /// <param name="after">Its points at the end of the trial.</param>
    /// <param name="trial">How long the trial took.</param>
    /// <param name="time">The clock of the timestamps.</param>
    /// <returns>What is worse than before: a clause without a full stop. <see langword="null"/> if nothing is.</returns>
    public static string? FindLoss(HeldChannel before, IReadOnlyList<PointHealth> after, TimeSpan trial, TimeProvider time)
    {
        var now = after.ToDictionary(point => (point.Device, point.Point));
        int expected = 0, goodBefore = 0, goodNow = 0;
        foreach (var point in before.Points)
        {
            bool isExpected = IsExpected(point);
            if (!now.Remove((point.Device, point.Point), out var its)) its = default;
            if (!isExpected && (its.ReportedAt is null || point.ReportedAt is null)) continue;
            expected++;
            if (point.IsGood) goodBefore++;
            if (its is { ReportedAt: not null, IsGood: true }) goodNow++;
        }

        if (goodNow >= goodBefore) return null;
        return string.Create(
            CultureInfo.InvariantCulture, $"{goodNow} of {expected} points have a good value, and {goodBefore} had one before");

        bool IsExpected(in PointHealth point) =>
            point.ReportedAt is { } at && point.Interval * Patience <= trial
                && time.GetElapsedTime(at, before.ToldAt) <= point.Interval * Patience;
    }
}
