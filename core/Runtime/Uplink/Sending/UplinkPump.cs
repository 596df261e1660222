using System.Threading.Channels;
using BridgeFramework.IotHub;
using BridgeFramework.Outbox;
using Microsoft.Extensions.Logging;

namespace BridgeFramework.Runtime;

/// <summary>Draws records out of the outbox, makes messages of them and sees each to its acknowledgement.</summary>
/// <remarks>
/// A message is made when the session has a token and a place in its window for it, of what waits then in the lane whose turn it is: where
/// the budget is short, lanes wait longer for their turn and have more to say. Of a lane one message is under way at a time, so it keeps
/// its order; the window spans lanes.
/// </remarks>
internal sealed partial class UplinkPump
{
    /// <summary>Bytes of records that are looked at for one message: more than fit, since JSON can be shorter than a record.</summary>
    public const int MaxBatchBytes = 3 * HubPublish.MaxPayloadLength;

    // After a failure a lane rests, so that a connection that takes nothing is not asked a thousand times a second.
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(1);

    private readonly IOutbox _outbox;
    private readonly IUplinkPublisher _hub;
    private readonly Func<string, UplinkRoute?> _routeOf;
    private readonly LiveShare _share;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Lock _making = new();
    private readonly Channel<bool> _changed = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private volatile int _window;
    private int _underWay; // asked for and not settled yet
    private int _unmade; // of these, not made yet

    /// <param name="outbox">Where records wait.</param>
    /// <param name="hub">Where messages go.</param>
    /// <param name="routeOf">By owner. What waits of one without a route stays, until it has one and is opened again.</param>
    /// <param name="window">How many messages may be under way, at first.</param>
    /// <param name="liveShare">Share of live values in percent while there is a backlog, at first.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">The log.</param>
    public UplinkPump(
        IOutbox outbox, IUplinkPublisher hub, Func<string, UplinkRoute?> routeOf, int window, int liveShare, TimeProvider time,
            ILogger<UplinkPump> logger)
    {
        (_outbox, _hub, _routeOf, _window, _time, _logger) = (outbox, hub, routeOf, window, time, logger);
        _share = new LiveShare(liveShare);
        outbox.Filled = () => _changed.Writer.TryWrite(true);
    }

    /// <summary>Goes by another window and share from the next message on: what is too much under way for a narrower one is seen to its
    /// end.</summary>
    public void Apply(int window, int liveShare)
    {
        lock (_making) _share.Percent = liveShare;
        _window = window;
        _changed.Writer.TryWrite(true);
    }

    public async Task RunAsync(CancellationToken stopping)
    {
        var sends = new HashSet<Task>();
        try
        {
            while (true)
            {
                stopping.ThrowIfCancellationRequested();
                while (Volatile.Read(ref _underWay) >= _window || Ready <= Volatile.Read(ref _unmade))
                    await _changed.Reader.ReadAsync(stopping);
                Interlocked.Increment(ref _unmade);
                Interlocked.Increment(ref _underWay);
                sends.RemoveWhere(task => task.IsCompletedSuccessfully);
                sends.Add(SendThenFreeAsync(stopping));
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            await Task.WhenAll(sends);
        }
    }

    private int Ready => _outbox.Ready(LaneKind.Live) + _outbox.Ready(LaneKind.Backfill);

    private async Task SendThenFreeAsync(CancellationToken stopping)
    {
        var parcel = new UplinkParcel();
        try
        {
            if (await _hub.PublishNextAsync(() => Make(parcel), PublishPriority.Telemetry, stopping)) parcel.Acknowledge();
        }
        catch (ArgumentException exception) when (parcel is { Batch: { } batch, Items: > 0 })
        {
            // The session cannot send it. Asked again it would be no better, and the lane must go on.
            LogUnsendable(_logger, exception, batch.Lane, batch.FirstSequence);
            parcel.Drop();
        }
        catch (Exception exception)
        {
            // Offline, unanswered and told to stop are the ways of the field; anything else is a bug of ours,
            // and holds no lane up for ever.
            if (exception is not (OperationCanceledException or TimeoutException or HubOfflineException))
                LogThrew(_logger, exception, parcel.Batch?.Lane.ToString() ?? "a lane");
            await Task.Delay(Rest, _time, stopping).ConfigureAwait(
                ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
            parcel.PutBack();
        }
        finally
        {
            if (!parcel.IsAsked) Interlocked.Decrement(ref _unmade);
            Interlocked.Decrement(ref _underWay);
            _changed.Writer.TryWrite(true);
        }
    }

    /// <summary>Makes the next message, when the session has room for it.</summary>
    private HubPublish? Make(UplinkParcel parcel)
    {
        parcel.IsAsked = true;
        Interlocked.Decrement(ref _unmade);
        lock (_making)
        {
            while (TryTake(out var batch))
            {
                if (Encode(parcel, batch) is { } publish) return publish;
            }
        }

        return null;
    }

    private bool TryTake([System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out OutboxBatch? batch)
    {
        bool isContested = _outbox.Ready(LaneKind.Live) > 0 && _outbox.Ready(LaneKind.Backfill) > 0;
        var first = isContested ? _share.Next : LaneKind.Live;
        var second = first == LaneKind.Live ? LaneKind.Backfill : LaneKind.Live;
        if (!_outbox.TryTake(first, RecordsOf, MaxBatchBytes, out batch) && !_outbox.TryTake(second, RecordsOf, MaxBatchBytes, out batch))
            return false;
        if (isContested) _share.Given(batch.Lane.Kind);
        return true;
    }

    /// <summary>Of an owner without a route nothing is wanted: nobody knows how to say it.</summary>
    private int RecordsOf(string owner) => _routeOf(owner)?.Encoder.MaxRecords ?? 0;

    private HubPublish? Encode(UplinkParcel parcel, OutboxBatch batch)
    {
        if (_routeOf(batch.Lane.Owner) is not { } route)
        {
            batch.PutBack(); // it has lost its route just now
            return null;
        }

        parcel.Batch = batch; // from here on it is put back, whatever is thrown
        parcel.Payload.ResetWrittenCount();
        try
        {
            var number = new SampleNumber(batch.Lane.Kind, batch.Epoch, batch.FirstSequence);
            var message = route.Encoder.Encode(batch.Records, batch.Skipped, number, parcel.Payload);
            if (parcel.Payload.WrittenCount <= HubPublish.MaxPayloadLength)
            {
                parcel.Items = message.Items;
                return new HubPublish
                {
                    Topic = message.IsEvent ? route.EventTopic : route.DataTopic,
                    Payload = parcel.Payload.WrittenMemory,
                };
            }

            LogTooLarge(_logger, batch.Lane, batch.FirstSequence, parcel.Payload.WrittenCount, HubPublish.MaxPayloadLength);
            batch.Drop(message.Items, DropReason.TooLarge);
        }
        catch (InvalidDataException exception)
        {
            LogUnsendable(_logger, exception, batch.Lane, batch.FirstSequence);
            batch.Drop(batch.Records[0].Items - batch.Skipped, DropReason.Unsendable);
        }

        parcel.Batch = null;
        return null;
    }

    [LoggerMessage(4101, LogLevel.Error, "A record of {Lane} (sample {Sequence}) is damaged or cannot be sent, and was dropped")]
    private static partial void LogUnsendable(ILogger logger, Exception exception, Lane lane, long sequence);

    [LoggerMessage(4103, LogLevel.Error, "Sending a record of {Lane} threw; it is tried again")]
    private static partial void LogThrew(ILogger logger, Exception exception, string lane);

    [LoggerMessage(4102, LogLevel.Warning,
        "Sample {Sequence} of {Lane} makes a message of {Size} bytes and was dropped: the hub takes at most {Limit}")]
    private static partial void LogTooLarge(ILogger logger, Lane lane, long sequence, int size, int limit);
}
