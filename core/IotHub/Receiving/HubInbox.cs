using System.Threading.Channels;

namespace BridgeFramework.IotHub;

/// <summary>The messages that match one topic filter, in order, for one reader to take at its own speed.</summary>
/// <remarks>
/// Bounded: when it is full, the oldest message is dropped, counted in <see cref="Dropped"/> and warned of, so that a reader that
/// stands still harms neither the connection nor the other inboxes. A message that matches several inboxes goes to each.
/// Opening an inbox does not subscribe; see <see cref="HubSession.SubscribeAsync(string, int, CancellationToken)"/>.
/// An inbox outlives connections; disposing it ends its reader.
/// </remarks>
public sealed class HubInbox : IDisposable
{
    private readonly Channel<HubMessage> _messages;
    private readonly Action<HubInbox> _closed;
    private long _dropped;

    internal HubInbox(string topicFilter, int capacity, Action<HubInbox> dropped, Action<HubInbox> closed)
    {
        TopicFilter = topicFilter;
        _closed = closed;
        var options = new BoundedChannelOptions(capacity) { FullMode = BoundedChannelFullMode.DropOldest };
        _messages = Channel.CreateBounded<HubMessage>(options, _ =>
        {
            Interlocked.Increment(ref _dropped);
            dropped(this);
        });
    }

    /// <summary>What it takes, an MQTT topic filter.</summary>
    public string TopicFilter { get; }

    /// <summary>How many messages were dropped because the reader was too slow.</summary>
    public long Dropped => Interlocked.Read(ref _dropped);

    /// <summary>The messages; completes when the inbox is disposed.</summary>
    public ChannelReader<HubMessage> Messages => _messages.Reader;

    /// <summary>Takes no more messages.</summary>
    public void Dispose()
    {
        _closed(this);
        _messages.Writer.TryComplete();
    }

    internal void Offer(HubMessage message) => _messages.Writer.TryWrite(message);
}
