using System.Threading.Channels;
using BridgeFramework.IotHub;
using Microsoft.Extensions.Logging;

namespace BridgeFramework.Runtime;

/// <summary>Answers messages that have no id and so no place in the journal: once, and only while the hub takes the answer.</summary>
internal sealed partial class RefusalSender(IReplyPublisher hub, ILogger logger)
{
    /// <summary>How many refusals may wait for the hub, over all sub-devices.</summary>
    private const int QueueLength = 64;

    private readonly Channel<(CommandRecipient Recipient, CommandReply Refusal)> _refusals =
        Channel.CreateBounded<(CommandRecipient, CommandReply)>(QueueLength);

    /// <summary>Queues a refusal, or drops it.</summary>
    /// <param name="recipient">The sub-device that the message was for.</param>
    /// <param name="refusal">What is wrong with it.</param>
    /// <param name="isOnline">Whether the hub has the sub-device online.</param>
    public void Send(CommandRecipient recipient, CommandReply refusal, bool isOnline)
    {
        // A hub that takes no replies must not keep commands from those who can carry them out.
        if (!isOnline) LogRefusalLost(logger, recipient.Id, "the hub does not have it online.");
        else if (!_refusals.Writer.TryWrite((recipient, refusal)))
            LogRefusalLost(logger, recipient.Id, $"{QueueLength} refusals wait already.");
    }

    public async Task RunAsync(CancellationToken stopping)
    {
        while (true)
        {
            var (recipient, refusal) = await _refusals.Reader.ReadAsync(stopping);
            try
            {
                await hub.PublishAsync(recipient.Route.ReplyTopic, ReplyPayload.Of(refusal), PublishPriority.CommandReply, stopping);
            }
            catch (Exception exception) when (exception is HubOfflineException or TimeoutException)
            {
                LogRefusalLost(logger, recipient.Id, exception.Message);
            }
        }
    }

    [LoggerMessage(4303, LogLevel.Warning, "The refusal of a message without an id to {Device} did not reach the hub: {Reason}")]
    private static partial void LogRefusalLost(ILogger logger, SubDeviceId device, string reason);
}
