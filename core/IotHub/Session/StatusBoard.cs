using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace BridgeFramework.IotHub;

/// <summary>The status of a session: made anew by what happens to it, logged, and shown to everyone who watches.</summary>
/// <remarks>A slow watcher sees the newest view, in order, never a queue of old ones.</remarks>
internal sealed class StatusBoard
{
    private static readonly BoundedChannelOptions LatestWins = new(1) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true };
    private readonly Lock _gate = new();
    private readonly List<Channel<HubSessionStatus>> _watchers = [];
    private readonly TimeProvider _time;
    private readonly SessionJournal _journal;
    private HubSessionStatus _current;

    public StatusBoard(SessionSettings settings, TimeProvider time, ILogger logger)
    {
        (_time, _journal) = (time, new SessionJournal(logger, settings));
        _current = new HubSessionStatus { State = HubSessionState.Offline, Since = time.GetUtcNow(), SinceTimestamp = time.GetTimestamp() };
    }

    public HubSessionStatus Current => Volatile.Read(ref _current);

    /// <summary>Something happened; by the session's loop only.</summary>
    /// <param name="happened">What.</param>
    /// <param name="fault">What is wrong, when it failed.</param>
    /// <param name="delay">How long it waits then.</param>
    /// <param name="refused">The subscriptions that the hub refused, when it is ready.</param>
    public void Become(HubSessionEvent happened, HubFault? fault = null, TimeSpan? delay = null, IReadOnlyList<string>? refused = null)
    {
        var from = Current;
        var state = HubSessionTransition.Next(from.State, happened);
        bool isChanged = happened == HubSessionEvent.SettingsChanged && state == HubSessionState.Connecting;
        if (state == from.State && !isChanged) return;
        var (now, timestamp) = (_time.GetUtcNow(), _time.GetTimestamp());
        bool isDisplaced = fault is { Kind: HubFaultKind.Displaced };
        var status = new HubSessionStatus
        {
            State = state,
            Since = now,
            SinceTimestamp = timestamp,
            Attempt = state == HubSessionState.Connecting ? from.Attempt + 1 : from.Attempt,
            IsReconfiguring = isChanged || (from.IsReconfiguring && state is HubSessionState.Connecting or HubSessionState.BackingOff),
            LastFault = isChanged ? null : fault ?? from.LastFault,
            LastFaultTimestamp = isChanged ? null : fault is not null ? timestamp : from.LastFaultTimestamp,
            DisplacedAt = isDisplaced ? now : from.DisplacedAt,
            DisplacedTimestamp = isDisplaced ? timestamp : from.DisplacedTimestamp,
            RetryAt = state == HubSessionState.BackingOff ? now + delay : null,
            RefusedSubscriptions = refused ?? [],
        };
        Post(status);
        _journal.Tell(happened, from.State, status, delay ?? TimeSpan.Zero);
    }

    public async IAsyncEnumerable<HubSessionStatus> WatchAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var channel = Channel.CreateBounded<HubSessionStatus>(LatestWins);
        lock (_gate)
        {
            channel.Writer.TryWrite(_current);
            _watchers.Add(channel);
        }

        try
        {
            await foreach (var status in channel.Reader.ReadAllAsync(cancellationToken).ConfigureAwait(false)) yield return status;
        }
        finally
        {
            lock (_gate) _watchers.Remove(channel);
        }
    }

    private void Post(HubSessionStatus status)
    {
        lock (_gate)
        {
            Volatile.Write(ref _current, status);
            foreach (var watcher in _watchers) watcher.Writer.TryWrite(status);
        }
    }
}
