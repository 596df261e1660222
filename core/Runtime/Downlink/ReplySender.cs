using System.Threading.Channels;
using BridgeFramework.IotHub;
using Microsoft.Extensions.Logging;

namespace BridgeFramework.Runtime;

/// <summary>Sends the replies of one sub-device, in order and one at a time, while the hub has it online.</summary>
internal sealed partial class ReplySender(
    CommandRecipient recipient,
    CommandJournal journal,
    IReplyPublisher hub,
    Func<SubDeviceId, CloudState> stateOf,
    Func<int, bool> isCurrent,
    TimeProvider time,
    ILogger logger)
{
    // After a failure, so that a connection that takes nothing is not asked a thousand times a second.
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(1);

    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private volatile int _heardOn; // the connection that the last command came on
    private volatile bool _hasEnded;
    private JournaledCommand? _told; // the reply whose delay was logged

    /// <summary>Whether the hub has the sub-device online: it says so, or, where it answered nothing of use,
    /// it let a command through.</summary>
    public bool IsOnline => stateOf(recipient.Id) switch
    {
        CloudState.Online => true,
        CloudState.Unknown => _heardOn != 0 && isCurrent(_heardOn),
        _ => false,
    };

    /// <summary>What the hub has of the sub-device has changed.</summary>
    public void Follow()
    {
        // That a command came proves nothing once the hub has said something else.
        if (stateOf(recipient.Id) is not (CloudState.Online or CloudState.TakingOffline or CloudState.Unknown)) _heardOn = 0;
        if (IsOnline) Wake();
    }

    /// <summary>A command has come on a connection.</summary>
    public void Hear(int attempt)
    {
        _heardOn = attempt;
        if (IsOnline) Wake();
    }

    /// <summary>There may be something to send.</summary>
    public void Wake() => _wake.Writer.TryWrite(true);

    /// <summary>Nothing is to be sent any more; what is on its way is waited for.</summary>
    public void End()
    {
        _hasEnded = true;
        _wake.Writer.TryComplete();
    }

    public async Task RunAsync(CancellationToken stopping)
    {
        while (await _wake.Reader.WaitToReadAsync(stopping))
        {
            _wake.Reader.TryRead(out _);
            while (!_hasEnded && IsOnline && journal.TakeReply(recipient.Id) is { } reply)
            {
                if (await TrySendAsync(reply, stopping)) journal.Deliver(reply);
                else await PutBackAsync(reply, stopping);
            }
        }
    }

    private async Task PutBackAsync(JournaledCommand reply, CancellationToken stopping)
    {
        journal.PutBack(reply);
        await Task.Delay(Rest, time, stopping);
    }

    /// <returns><see langword="false"/> when it is to be tried again.</returns>
    private async Task<bool> TrySendAsync(JournaledCommand reply, CancellationToken stopping)
    {
        try
        {
            await hub.PublishAsync(recipient.Route.ReplyTopic, reply.Reply, PublishPriority.CommandReply, stopping);
            return true;
        }
        catch (Exception exception) when (exception is HubOfflineException or TimeoutException)
        {
            if (!ReferenceEquals(_told, reply)) LogLater(logger, reply.Id, recipient.Id, exception.Message);
            _told = reply;
            return false;
        }
        catch (ArgumentException exception)
        {
            // Asked again it would be no better, and the others must go on.
            LogUnsendable(logger, exception, reply.Id, recipient.Id);
            return true;
        }
        catch (Exception exception) when (!stopping.IsCancellationRequested)
        {
            LogThrew(logger, exception, reply.Id, recipient.Id);
            return false;
        }
    }

    [LoggerMessage(4304, LogLevel.Warning, "The reply to command {Id} of {Device} did not reach the hub and is sent again: {Reason}")]
    private static partial void LogLater(ILogger logger, string id, SubDeviceId device, string reason);

    [LoggerMessage(4305, LogLevel.Error, "The reply to command {Id} of {Device} cannot be sent, and was dropped")]
    private static partial void LogUnsendable(ILogger logger, Exception exception, string id, SubDeviceId device);

    [LoggerMessage(4306, LogLevel.Error, "Sending the reply to command {Id} of {Device} threw; it is tried again")]
    private static partial void LogThrew(ILogger logger, Exception exception, string id, SubDeviceId device);
}
