using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace BridgeFramework.IotHub;

/// <summary>The newest status, and everyone who watches it. A slow watcher sees the newest view, in order, never a queue of old ones.</summary>
internal sealed class StatusBoard(HubSessionStatus first)
{
    private static readonly BoundedChannelOptions LatestWins = new(1) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true };
    private readonly Lock _gate = new();
    private readonly List<Channel<HubSessionStatus>> _watchers = [];
    private HubSessionStatus _current = first;

    public HubSessionStatus Current => Volatile.Read(ref _current);

    public void Post(HubSessionStatus status)
    {
        lock (_gate)
        {
            Volatile.Write(ref _current, status);
            foreach (var watcher in _watchers) watcher.Writer.TryWrite(status);
        }
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
}
