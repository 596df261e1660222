namespace BridgeFramework.Drivers;

/// <summary>Finds a place for one more group among those of its interval.</summary>
internal static class PollPhase
{
    /// <summary>Gives a time within one interval from now on: in the middle of the widest gap between the others.</summary>
    /// <param name="grids">For each of the others a time at which it is due.</param>
    /// <param name="interval">The interval of all of them.</param>
    /// <param name="now">The time; also the answer where there are no others.</param>
    public static TimeSpan InWidestGap(IEnumerable<TimeSpan> grids, TimeSpan interval, TimeSpan now)
    {
        long length = interval.Ticks;
        // How long after now each is due for the next time.
        long[] due = [.. grids.Select(grid => (((grid - now).Ticks % length) + length) % length).Order()];
        long middle = 0;
        long widest = 0;
        for (int i = 0; i < due.Length; i++)
        {
            long gap = (i + 1 < due.Length ? due[i + 1] : due[0] + length) - due[i];
            if (gap > widest) (widest, middle) = (gap, due[i] + (gap / 2));
        }

        return now + TimeSpan.FromTicks(middle % length);
    }
}
