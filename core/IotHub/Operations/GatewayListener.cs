using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace BridgeFramework.IotHub;

/// <summary>Hears the result topic: hands answers to who waits for them, notifications to their reader, and acknowledges those.</summary>
internal sealed partial class GatewayListener : IAsyncDisposable
{
    private const int WaitingAcknowledgements = 64;
    private readonly PendingAnswers _pending;
    private readonly int _capacity;
    private readonly Func<byte[], CancellationToken, Task> _acknowledge;
    private readonly ILogger _logger;
    private readonly HubInbox _inbox;
    private readonly Channel<GatewayNotification> _notifications;
    private readonly Channel<byte[]> _acknowledgements;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _loops;
    private volatile ChangeAcknowledgement _acknowledgement;

    /// <param name="inbox">The result topic; disposed with this.</param>
    /// <param name="pending">Who waits for an answer.</param>
    /// <param name="options">Dialect and bounds.</param>
    /// <param name="acknowledge">Publishes an acknowledgement.</param>
    /// <param name="logger">Logs foreign and unreadable messages.</param>
    public GatewayListener(
        HubInbox inbox, PendingAnswers pending, GatewayOperationsOptions options, Func<byte[], CancellationToken, Task> acknowledge,
            ILogger logger)
    {
        _inbox = inbox;
        _pending = pending;
        _capacity = options.NotificationCapacity;
        _acknowledgement = options.Acknowledgement;
        _acknowledge = acknowledge;
        _logger = logger;
        _notifications = Channel.CreateBounded<GatewayNotification>(_capacity);
        // The hub needs no acknowledgement to go on; a flood of notifications must not become a flood of ours.
        _acknowledgements = Channel.CreateBounded<byte[]>(
            new BoundedChannelOptions(WaitingAcknowledgements) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });
        _loops = Task.WhenAll(HearAsync(), AcknowledgeAsync());
    }

    /// <summary>How a change is confirmed, from the next one on.</summary>
    public ChangeAcknowledgement Acknowledgement
    {
        get => _acknowledgement;
        set => _acknowledgement = value;
    }

    public ChannelReader<GatewayNotification> Notifications => _notifications.Reader;

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
#pragma warning disable IDISP007 // handed over: a listener owns its inbox
        _inbox.Dispose();
#pragma warning restore IDISP007
        await _loops.ConfigureAwait(false);
        _notifications.Writer.TryComplete();
        _stopping.Dispose();
    }

    private async Task HearAsync()
    {
        await foreach (var message in _inbox.Messages.ReadAllAsync(CancellationToken.None).ConfigureAwait(false))
        {
            if (GatewayDownlink.TryRead(message.Payload, out var downlink, out string? problem)) Take(downlink, message.Attempt);
            else LogUnreadable(_logger, problem, message.Payload.Length);
        }
    }

    private void Take(GatewayDownlink downlink, int attempt)
    {
        switch (downlink)
        {
            case GatewayDownlink.Answer answer:
                if (answer.Unreadable > 0)
                    LogUnreadable(_logger, $"an answer to {answer.Kind} with {answer.Unreadable} unreadable entries", length: 0);
                foreach (var (device, code) in answer.Results)
                    Complete(new OperationKey(answer.Kind, device), new OperationReply(code));
                break;
            case GatewayDownlink.List list:
                if (list.Unreadable > 0) LogUnreadable(_logger, $"a list with {list.Unreadable} unreadable entries", length: 0);
                Complete(
                    new OperationKey(GatewayOperationKind.Describe, default),
                    new OperationReply(GatewayResultCode.Success, BoundList.Of(list.Devices, list.Unreadable, list.IsGiven)));
                break;
            case GatewayDownlink.Notified(var notification):
                LogNotification(_logger, InWords(notification));
                Notify(notification with { Attempt = attempt });
                if (GatewayRequest.Acknowledge(notification, Acknowledgement) is { } acknowledgement)
                    _acknowledgements.Writer.TryWrite(acknowledgement);
                break;
        }
    }

    private static string InWords(GatewayNotification notification) => notification switch
    {
        TopologyChanged { Bound: var bound, Devices: [var first, ..] devices } =>
            $"{first}{(devices.Count > 1 ? $" and {devices.Count - 1} more" : "")} {(bound ? "bound to" : "unbound from")} this gateway "
                + "there",
        AllUnbound => "all sub-devices unbound from this gateway there",
        DeviceSearch search => search.Start ? "look for new devices" : "look for new devices no more",
        _ => notification.GetType().Name,
    };

    private void Complete(OperationKey key, OperationReply reply)
    {
        if (!_pending.Complete(key, reply)) LogForeign(_logger, key, reply.Code);
    }

    private void Notify(GatewayNotification notification)
    {
        if (_notifications.Writer.TryWrite(notification)) return;
        // Nobody reads fast enough. One line that says so is worth more than some of many.
        LogNotificationsMissed(_logger, _capacity);
        while (_notifications.Reader.TryRead(out _))
        {
        }

        _notifications.Writer.TryWrite(new NotificationsMissed { Attempt = notification.Attempt });
    }

    private async Task AcknowledgeAsync()
    {
        try
        {
            await foreach (byte[] acknowledgement in _acknowledgements.Reader.ReadAllAsync(_stopping.Token).ConfigureAwait(false))
            {
                try
                {
                    await _acknowledge(acknowledgement, _stopping.Token).ConfigureAwait(false);
                }
                catch (Exception e) when (e is HubOfflineException or TimeoutException or ArgumentException)
                {
                    LogAcknowledgementLost(_logger, e); // the hub does not insist on it
                }
            }
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // Disposed.
        }
    }

    [LoggerMessage(2060, LogLevel.Warning,
        "Unreadable message on the result topic: {Problem} ({Length} bytes)")]
    private static partial void LogUnreadable(ILogger logger, string problem, int length);

    [LoggerMessage(2061, LogLevel.Debug, "Nobody waits for {Operation} (result {Code}): late or foreign, dropped")]
    private static partial void LogForeign(ILogger logger, OperationKey operation, int code);

    [LoggerMessage(2064, LogLevel.Information, "The hub says: {Notification}")]
    private static partial void LogNotification(ILogger logger, string notification);

    [LoggerMessage(2065, LogLevel.Warning,
        "More than {Capacity} notifications were waiting; they are replaced by one that asks to look for oneself")]
    private static partial void LogNotificationsMissed(ILogger logger, int capacity);

    [LoggerMessage(2066, LogLevel.Debug, "An acknowledgement was not sent")]
    private static partial void LogAcknowledgementLost(ILogger logger, Exception exception);
}
