namespace BridgeFramework.Runtime;

/// <summary>How long the hand-over of one update has taken, and when it has taken too long. It is written down while it runs, so that
/// a crash costs little of it however long a phase lasts.</summary>
internal sealed class SpentTime : IDisposable
{
    /// <summary>What a crash takes off the count is at most a hundredth of the deadline: half a dozen writes an hour for the default of a
    /// day.</summary>
    private const int Parts = 100;

    private static readonly TimeSpan ShortestPart = TimeSpan.FromSeconds(10);

    private readonly DurableUpdate _update;
    private readonly TimeSpan _deadline;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _over;
    private TimeSpan _startedAt; // on the steady clock, less what was spent before

    public SpentTime(DurableUpdate update, TimeSpan deadline, TimeProvider time)
    {
        (_update, _deadline, _time) = (update, deadline, time);
        _over = new CancellationTokenSource(Timeout.InfiniteTimeSpan, time);
        if (update.Current.HasBegun) Begin();
    }

    /// <summary>Cancelled at the deadline.</summary>
    public CancellationToken Over => _over.Token;

    /// <summary>It counts from now on, on top of what the record says.</summary>
    public void Begin()
    {
        var spent = _update.Current.Spent;
        _startedAt = Now - spent;
        _over.CancelAfter(_deadline > spent ? _deadline - spent : TimeSpan.Zero);
    }

    /// <summary>The record with what has been spent by now.</summary>
    public UpdateRecord In(UpdateRecord record) =>
        record is { HasBegun: true, IsFinal: false } ? record with { Spent = Now - _startedAt } : record;

    /// <summary>Has it written down every now and then, until cancelled.</summary>
    public async Task KeepAsync(CancellationToken cancellationToken)
    {
        var part = _deadline / Parts > ShortestPart ? _deadline / Parts : ShortestPart;
        while (true)
        {
            await Task.Delay(part, _time, cancellationToken);
            await _update.MoveAsync(In, cancellationToken);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _over.Dispose();

    private TimeSpan Now => _time.GetElapsedTime(0);
}
