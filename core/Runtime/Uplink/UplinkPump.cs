using BridgeFramework.IotHub;
using BridgeFramework.Outbox;
using Microsoft.Extensions.Logging;

namespace BridgeFramework.Runtime;

/// <summary>Draws records out of the outbox, makes messages of them and sees each to its acknowledgement.</summary>
/// <remarks>One record of a lane is under way at a time, so a lane keeps its order; the window spans lanes.</remarks>
internal sealed partial class UplinkPump(
    IOutbox outbox, IUplinkPublisher hub, Func<string, UplinkRoute> routeOf, int window, TimeProvider time, ILogger<UplinkPump> logger)
{
    // After a failure a lane rests, so that a connection that takes nothing is not asked a thousand times a second.
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(1);

    public async Task RunAsync(CancellationToken stopping)
    {
        using var slots = new SemaphoreSlim(window);
        var underWay = new HashSet<Task>();
        try
        {
            while (true)
            {
                await slots.WaitAsync(stopping);
                var lease = await outbox.TakeAsync(stopping);
                underWay.RemoveWhere(task => task.IsCompletedSuccessfully);
                underWay.Add(SendThenFreeAsync(lease, slots, stopping));
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            await Task.WhenAll(underWay);
        }
    }

    private async Task SendThenFreeAsync(OutboxLease lease, SemaphoreSlim slots, CancellationToken stopping)
    {
        try
        {
            await SendAsync(lease, stopping);
            lease.Acknowledge();
        }
        catch (Exception exception) when (exception is InvalidDataException or ArgumentException)
        {
            // Asked again it would be no better, and the lane must go on.
            LogUnsendable(logger, exception, lease.Lane, lease.FirstSequence);
            lease.Drop();
        }
        catch (Exception exception)
        {
            // Offline, unanswered and told to stop are the ways of the field; anything else is a bug of ours, and holds no lane up for ever.
            if (exception is not (OperationCanceledException or TimeoutException or HubOfflineException)) LogThrew(logger, exception, lease.Lane);
            await Task.Delay(Rest, time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            lease.PutBack();
        }
        finally
        {
            slots.Release();
        }
    }

    private async Task SendAsync(OutboxLease lease, CancellationToken stopping)
    {
        var route = routeOf(lease.Lane);
        foreach (var message in PlainUplink.Encode(lease.Record.Span, lease.FirstSequence))
        {
            if (message.Payload.Length > PlainUplink.MaxPayload) LogTooLarge(logger, lease.Lane, message.Payload.Length, PlainUplink.MaxPayload);
            else await hub.PublishAsync(message.IsEvent ? route.EventTopic : route.DataTopic, message.Payload, PublishPriority.Telemetry, stopping);
        }
    }

    [LoggerMessage(4101, LogLevel.Error, "A record of {Lane} (sample {Sequence}) is damaged or cannot be sent, and was dropped")]
    private static partial void LogUnsendable(ILogger logger, Exception exception, string lane, long sequence);

    [LoggerMessage(4103, LogLevel.Error, "Sending a record of {Lane} threw; it is tried again")]
    private static partial void LogThrew(ILogger logger, Exception exception, string lane);

    [LoggerMessage(4102, LogLevel.Warning, "A value of {Lane} makes a message of {Size} bytes and was dropped: the hub takes at most {Limit}")]
    private static partial void LogTooLarge(ILogger logger, string lane, int size, int limit);
}
