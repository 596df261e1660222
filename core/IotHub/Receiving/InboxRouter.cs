using Microsoft.Extensions.Logging;

namespace BridgeFramework.IotHub;

/// <summary>Hands each received message to the inboxes whose filter matches. Never blocks the connection's reader.</summary>
internal sealed partial class InboxRouter(ILogger logger)
{
    private readonly Lock _gate = new();
    private HubInbox[] _inboxes = []; // replaced, never changed: the reader needs no lock

    public HubInbox Open(string topicFilter, int capacity)
    {
        TopicFilter.Validate(topicFilter);
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        var inbox = new HubInbox(topicFilter, capacity, OnDropped, Close);
        lock (_gate) _inboxes = [.. _inboxes, inbox];
        return inbox;
    }

    public void Deliver(HubMessage message)
    {
        bool claimed = false;
        foreach (var inbox in Volatile.Read(ref _inboxes))
        {
            if (!TopicFilter.Matches(inbox.TopicFilter, message.Topic)) continue;
            inbox.Offer(message);
            claimed = true;
        }

        if (claimed) return;
        LogUnclaimed(logger, message.Topic, message.Payload.Length);
    }

    private void Close(HubInbox inbox)
    {
        lock (_gate) _inboxes = [.. _inboxes.Where(other => other != inbox)];
    }

    private void OnDropped(HubInbox inbox) => LogDropped(logger, inbox.TopicFilter, inbox.Dropped);

    [LoggerMessage(2040, LogLevel.Warning,
        "Inbox '{TopicFilter}' is full: {Dropped} messages dropped so far, oldest first. Its reader is too slow")]
    private static partial void LogDropped(ILogger logger, string topicFilter, long dropped);

    [LoggerMessage(2041, LogLevel.Debug, "Nobody takes messages on '{Topic}' ({Length} bytes)")]
    private static partial void LogUnclaimed(ILogger logger, string topic, int length);
}
