using System.Threading.Channels;

namespace BridgeFramework.IotHub;

/// <summary>Publishes that wait for their turn: a bounded queue for each priority; a full one makes the caller wait.</summary>
#pragma warning disable CA1001, IDISP006 // the semaphore holds no handle, and late callers may still release it after the end
internal sealed class PublishQueue
#pragma warning restore CA1001, IDISP006
{
    private readonly Channel<PendingPublish>[] _lanes;
    private readonly SemaphoreSlim _available = new(0);

    public PublishQueue(int capacity)
    {
        // One reader takes; any number of callers add.
        var options = new BoundedChannelOptions(capacity) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait };
        _lanes = [.. Enum.GetValues<PublishPriority>().Select(_ => Channel.CreateBounded<PendingPublish>(options))];
    }

    /// <exception cref="ChannelClosedException">The connection this queue belongs to has ended.</exception>
    public async ValueTask AddAsync(PendingPublish item, CancellationToken cancellationToken)
    {
        await _lanes[(int)item.Priority].Writer.WriteAsync(item, cancellationToken).ConfigureAwait(false);
        _available.Release();
    }

    /// <summary>Completes when <see cref="Take"/> may be called once.</summary>
    public Task WaitAsync(CancellationToken cancellationToken) => _available.WaitAsync(cancellationToken);

    /// <summary>The oldest item of the highest priority that has one.</summary>
    public PendingPublish Take()
    {
        foreach (var lane in _lanes)
        {
            if (lane.Reader.TryRead(out var item)) return item;
        }

        throw new InvalidOperationException("Take without a completed wait.");
    }

    /// <summary>Takes no more and hands back what is left.</summary>
    public IEnumerable<PendingPublish> Close()
    {
        foreach (var lane in _lanes) lane.Writer.TryComplete();
        foreach (var lane in _lanes)
        {
            while (lane.Reader.TryRead(out var item)) yield return item;
        }
    }
}
