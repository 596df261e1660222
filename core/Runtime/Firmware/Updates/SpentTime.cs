using BridgeFramework.Configuration;

namespace BridgeFramework.Runtime;

/// <summary>How long an update has been offered, and how long its hand-over has taken from the first block on; and when either has taken
/// too long. It is written down while it runs, so that a crash costs little of it however long a phase lasts.</summary>
internal sealed class SpentTime : IDisposable
{
    /// <summary>What a crash takes off the count is at most a hundredth of the bound: half a dozen writes an hour for the default of a
    /// day.</summary>
    private const int Parts = 100;

    private static readonly TimeSpan ShortestPart = TimeSpan.FromSeconds(10);

    private readonly DurableUpdate _update;
    private readonly UpdateSurroundings _around;
    private readonly TimeProvider _time;
    private readonly FarDeadline _over;
    private readonly Lock _gate = new();
    private TimeSpan _offeredAt; // on the steady clock, less what was spent before
    private TimeSpan _begunAt; // likewise
    private TimeSpan? _held; // what was spent when the deadline was stopped, while it is

    public SpentTime(DurableUpdate update, UpdateSurroundings around)
    {
        (_update, _around, _time) = (update, around, around.Time);
        _over = new FarDeadline(_time);
        if (update.Current.HasBegun) Begin();
        else if (update.Current.IsOffer) Offer();
    }

    /// <summary>Cancelled when it has taken too long.</summary>
    public CancellationToken Over => _over.Token;

    /// <summary>The life of its offer counts from now on, on top of what the record says.</summary>
    public void Offer()
    {
        var spent = _update.Current.Offered ?? TimeSpan.Zero;
        lock (_gate) _offeredAt = Now - spent;
        _over.Set(Settings.OfferLifetime - spent);
    }

    /// <summary>The deadline counts from now on, on top of what the record says.</summary>
    public void Begin() => Count(_update.Current.Spent);

    /// <summary>The bounds have changed: what is spent counts against the new ones.</summary>
    public void FollowSettings()
    {
        var record = _update.Current;
        TimeSpan left;
        lock (_gate)
        {
            if (_held is not null || !(record.HasBegun || record.IsOffer)) return;
            left = record.HasBegun ? Settings.Deadline - (Now - _begunAt) : Settings.OfferLifetime - (Now - _offeredAt);
        }

        _over.Set(left);
    }

    /// <summary>Waits for the maintenance window, in which time the deadline does not count: it is not the device that keeps the update
    /// from going on. The life of an offer does.</summary>
    public async Task UncountedAsync(Task window)
    {
        if (window.IsCompleted || !_update.Current.HasBegun)
        {
            await window;
            return;
        }

        TimeSpan spent;
        lock (_gate) _held = spent = Now - _begunAt;
        _over.Suspend();
        try
        {
            await window;
        }
        finally
        {
            Count(spent);
        }
    }

    /// <summary>The record with what has been spent by now.</summary>
    public UpdateRecord In(UpdateRecord record)
    {
        lock (_gate)
        {
            return record switch
            {
                { IsFinal: true } => record,
                { HasBegun: true } when _held == record.Spent => record, // nothing to be written down
                { HasBegun: true } => record with { Spent = _held ?? Now - _begunAt },
                { IsOffer: true } => record with { Offered = Now - _offeredAt },
                _ => record,
            };
        }
    }

    /// <summary>Has it written down every now and then, until cancelled.</summary>
    public async Task KeepAsync(CancellationToken cancellationToken)
    {
        // By the shorter of the two: what is an offer now may be a transfer before it is written down.
        for (var writtenAt = Now; ;)
        {
            var look = PartOf(Settings.Deadline < Settings.OfferLifetime ? Settings.Deadline : Settings.OfferLifetime);
            await Task.Delay(look, _time, cancellationToken);
            if (Now - writtenAt < PartOf(_update.Current.IsOffer ? Settings.OfferLifetime : Settings.Deadline)) continue;
            await _update.MoveAsync(In, cancellationToken);
            writtenAt = Now;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _over.Dispose();

    private void Count(TimeSpan spent)
    {
        lock (_gate) (_begunAt, _held) = (Now - spent, null);
        _over.Set(Settings.Deadline - spent);
    }

    private FirmwareSettings Settings => _around.Settings;

    private static TimeSpan PartOf(TimeSpan bound) => bound / Parts > ShortestPart ? bound / Parts : ShortestPart;

    private TimeSpan Now => _time.GetElapsedTime(0);
}
