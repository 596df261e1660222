using System.Collections.Concurrent;
using System.Threading.Channels;
using BridgeFramework.IotHub;
using Microsoft.Extensions.Logging;

namespace BridgeFramework.Runtime;

/// <summary>Tells the hub how updates go: of each device only what is newest, while the hub has it online,
/// and no faster than leaves room for values.</summary>
/// <remarks>
/// Progress, and that the device is being given the image, goes when nothing else wants to: the next one makes it worthless. An end is sent
/// until the hub confirms it, and its sender waits for that.
/// </remarks>
/// <param name="hub">Where it goes.</param>
/// <param name="isOnline">Whether the hub has a device online. While it has not, nothing is said of the device.</param>
/// <param name="pace">How fast.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">The log.</param>
internal sealed partial class UpdateNewsSender(
    IUplinkPublisher hub, Func<SubDeviceId, bool> isOnline, NewsPace pace, TimeProvider time, ILogger<UpdateNewsSender> logger)
{
    /// <summary>Ends of different devices that may be under way at a time: a hub that is slow to confirm slows the others little.</summary>
    private const int Senders = 4;

    /// <summary>After a failure, so that a connection that takes nothing is not asked a thousand times a second.</summary>
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<SubDeviceId, DeviceNews> _devices = new();
    private readonly Channel<DeviceNews> _ends = Channel.CreateUnbounded<DeviceNews>(); // each device is in it once at most
    private readonly Channel<DeviceNews> _progress = Channel.CreateUnbounded<DeviceNews>(); // likewise
    private readonly SpacedTurns _endTurns = new(pace.Ends, time);

    /// <summary>The hub may have a device online now.</summary>
    public void Wake(SubDeviceId id)
    {
        if (_devices.TryGetValue(id, out var device)) Enqueue(device);
    }

    /// <summary>Nothing is said of a device any more.</summary>
    public void Forget(SubDeviceId id) => _devices.TryRemove(id, out _);

    /// <summary>So much of the image is fetched, in percent.</summary>
    public void Downloading(SubDeviceId id, string version, int percent) =>
        Say(id, new UpdateNews(UpdateNewsKind.Downloading, version) { Percent = percent });

    /// <summary>The device is being given the image.</summary>
    public void Burning(SubDeviceId id, string version) => Say(id, new UpdateNews(UpdateNewsKind.Burning, version));

    /// <summary>There will be no update; nobody waits for the hub to know.</summary>
    public void Refuse(SubDeviceId id, string version, string reason) =>
        Say(id, new UpdateNews(UpdateNewsKind.Failed, version) { Code = FirmwareResultCode.UpdateFailed, Message = reason });

    /// <summary>It has ended: completes when the hub has confirmed that it knows. Who gives up waiting takes it back: it is not so any
    /// more.</summary>
    public async Task EndAsync(SubDeviceId id, string version, FirmwareResultCode code, string reason, CancellationToken cancellationToken)
    {
        var confirmed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var kind = code == FirmwareResultCode.Success ? UpdateNewsKind.Done : UpdateNewsKind.Failed;
        var news = new UpdateNews(kind, version) { Code = code, Message = reason, Confirmed = confirmed };
        var device = Say(id, news);
        try
        {
            await confirmed.Task.WaitAsync(cancellationToken);
        }
        finally
        {
            device.TakeBack(news);
        }
    }

    public async Task RunAsync(CancellationToken stopping) =>
        await Task.WhenAll([SendProgressAsync(stopping), .. Enumerable.Range(0, Senders).Select(_ => SendEndsAsync(stopping))]);

    private DeviceNews Say(SubDeviceId id, UpdateNews news)
    {
        var device = _devices.GetOrAdd(
            id, added => new DeviceNews(new DeviceIdentity(added.ProductId, added.DeviceName), () => isOnline(added)));
        device.Say(news);
        Enqueue(device);
        return device;
    }

    private void Enqueue(DeviceNews device)
    {
        if (device.TryQueueEnd()) _ends.Writer.TryWrite(device);
        if (device.TryQueueProgress()) _progress.Writer.TryWrite(device);
    }

    private async Task SendEndsAsync(CancellationToken stopping)
    {
        await foreach (var device in _ends.Reader.ReadAllAsync(stopping))
        {
            await _endTurns.NextAsync(stopping);
            UpdateNews? sent = null;
            bool isConfirmed = false;
            try
            {
                isConfirmed = await hub.PublishNextAsync(
                    () => (sent = device.TakeEnd())?.ToMessage(device.Id), PublishPriority.FirmwareState, stopping);
            }
            catch (Exception exception) when (exception is HubOfflineException or TimeoutException)
            {
                LogLater(logger, device.Id, exception.Message);
                await Task.Delay(Rest, time, stopping);
            }

            device.FinishEnd(sent, isConfirmed);
            Enqueue(device);
        }
    }

    private async Task SendProgressAsync(CancellationToken stopping)
    {
        var turns = new SpacedTurns(pace.Progress, time);
        await foreach (var device in _progress.Reader.ReadAllAsync(stopping))
        {
            await turns.NextAsync(stopping);
            var due = device.LastProgress + pace.ProgressOfDevice - time.GetElapsedTime(0);
            if (due > TimeSpan.Zero) await Task.Delay(due, time, stopping);
            UpdateNews? taken = null;
            bool isSent = false;
            try
            {
                await hub.PublishNextAsync(() => (taken = device.TakeProgress(time.GetElapsedTime(0)))?.ToMessage(device.Id),
                    PublishPriority.FirmwareProgress, stopping);
                isSent = true;
            }
            catch (Exception exception) when (exception is HubOfflineException or TimeoutException)
            {
                await Task.Delay(Rest, time, stopping);
            }

            device.FinishProgress(taken, isSent);
            Enqueue(device);
        }
    }

    [LoggerMessage(4631, LogLevel.Debug, "How the update of {Device} goes did not reach the hub and is sent again: {Reason}")]
    private static partial void LogLater(ILogger logger, DeviceIdentity device, string reason);
}
