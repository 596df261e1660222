namespace BridgeFramework.Outbox;

/// <summary>Looks after an outbox now and then: gives up what is too old, begins a segment anew, syncs what still waits.</summary>
/// <param name="gate">The outbox's lock.</param>
/// <param name="log">The segments.</param>
/// <param name="retention">The bounds.</param>
/// <param name="drops">Tells of what was given up.</param>
/// <param name="bounds">After how long at most what waits is proof against a power cut.</param>
/// <param name="clock">The outbox's clock.</param>
/// <param name="time">Timers, and how long a sync takes.</param>
internal sealed class Tender(
    Lock gate, OutboxLog log, Retention retention, Drops drops, BoundsInForce bounds, OutboxClock clock, TimeProvider time)
{
    private const int TendingsPerInterval = 4;
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan SlowSync = TimeSpan.FromSeconds(2);

    /// <summary>Why a power cut may take more than it should, in a sentence; null if it may not. Read under the lock.</summary>
    public string? Trouble { get; private set; }

    private TimeSpan Pause
    {
        get
        {
            var commitInterval = bounds.Options.CommitInterval;
            var pause = commitInterval / TendingsPerInterval;
            if (commitInterval == TimeSpan.Zero || pause > LongestPause) return LongestPause;
            return pause < ShortestPause ? ShortestPause : pause;
        }
    }

    /// <summary>Tends until it is stopped.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        using var timer = new PeriodicTimer(Pause, time);
        while (await timer.WaitForNextTickAsync(stopping).ConfigureAwait(false))
        {
            if (timer.Period != Pause) timer.Period = Pause; // the bounds have changed
            Tend();
        }
    }

    /// <summary>Tends once; by itself, and by tests that hold the clock.</summary>
    public void Tend()
    {
        IReadOnlyList<(Segment Segment, int Length)> unsynced;
        List<OutboxDrop>? dropped;
        TableContent? table;
        lock (gate)
        {
            // What waits is looked at four times in an interval and synced at the third: once in an interval, and never too late.
            double interval = bounds.Options.CommitInterval.TotalMilliseconds;
            long overdue = clock.Now - (long)(interval * (TendingsPerInterval - 1) / TendingsPerInterval);
            retention.Tend(clock.Now);
            log.Tend(overdue);
            unsynced = log.Unsynced(overdue);
            dropped = drops.Take();
            table = log.Table?.Take(log.Active);
        }

        drops.Tell(dropped);
        foreach (var (segment, length) in unsynced) Sync(segment, length);
        if (table is not null) log.Table?.Write(table);
    }

    private void Sync(Segment segment, int length)
    {
        long begun = time.GetTimestamp();
        var failure = log.Sync(segment);
        var took = time.GetElapsedTime(begun);
        lock (gate)
        {
            Trouble = took < SlowSync
                ? null
                : $"The disk is slow: it took {took.TotalSeconds:0.0} s to make {length} bytes of the outbox safe. "
                    + "Until that is done a power cut takes more than the commit interval.";
            if (failure is null) log.Synced(segment, length);
            // Syncing the same file again would say yes and mean nothing.
            else if (log.Active.IsFile) log.Fail(failure);
        }
    }
}
