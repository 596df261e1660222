using System.Collections.Concurrent;
using System.Threading.Channels;
using BridgeFramework.IotHub;
using Microsoft.Extensions.Logging;

namespace BridgeFramework.Runtime;

/// <summary>Tells the hub how updates go: of each device only what is newest, while the hub has it online, and no faster than leaves room for values.</summary>
/// <remarks>
/// Progress goes when nothing else wants to, and the next one makes it worthless. A state is sent until the hub confirms it or the device has another
/// one; so is an end, which who reports it waits for.
/// </remarks>
/// <param name="hub">Where it goes.</param>
/// <param name="pace">How fast.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">The log.</param>
internal sealed partial class FirmwareReporter(IUplinkPublisher hub, ReportPace pace, TimeProvider time, ILogger<FirmwareReporter> logger)
{
    /// <summary>States of different devices that may be under way at a time: a hub that is slow to confirm slows the others little.</summary>
    private const int Senders = 4;

    /// <summary>After a failure, so that a connection that takes nothing is not asked a thousand times a second.</summary>
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<SubDeviceId, ReportedUpdate> _devices = new();
    private readonly Channel<ReportedUpdate> _states = Channel.CreateUnbounded<ReportedUpdate>(); // each device is in it once at most
    private readonly Channel<ReportedUpdate> _progress = Channel.CreateUnbounded<ReportedUpdate>(); // likewise
    private readonly SpacedTurns _stateTurns = new(pace.States, time);

    /// <summary>What the hub is known to have of a device. While it is not online nothing is said of it.</summary>
    public void Follow(SubDeviceId id, bool isOnline) => Act(id, device => device.Follow(isOnline));

    /// <summary>So much of the image is fetched, in percent.</summary>
    public void Downloading(SubDeviceId id, string version, int percent) => Say(id, new UpdateNews(UpdateNewsKind.Downloading, version) { Percent = percent });

    /// <summary>The device is being given the image.</summary>
    public void Burning(SubDeviceId id, string version) => Say(id, new UpdateNews(UpdateNewsKind.Burning, version));

    /// <summary>There will be no update; nobody waits for the hub to know.</summary>
    public void Refuse(SubDeviceId id, string version, string reason) =>
        Say(id, new UpdateNews(UpdateNewsKind.Failed, version) { Code = FirmwareResultCode.UpdateFailed, Message = reason });

    /// <summary>It has ended: completes when the hub has confirmed that it knows.</summary>
    public async Task EndAsync(SubDeviceId id, string version, FirmwareResultCode code, string reason, CancellationToken cancellationToken)
    {
        var confirmed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var kind = code == FirmwareResultCode.Success ? UpdateNewsKind.Done : UpdateNewsKind.Failed;
        Say(id, new UpdateNews(kind, version) { Code = code, Message = reason, Confirmed = confirmed });
        await confirmed.Task.WaitAsync(cancellationToken);
    }

    public async Task RunAsync(CancellationToken stopping) =>
        await Task.WhenAll([SendProgressAsync(stopping), .. Enumerable.Range(0, Senders).Select(_ => SendStatesAsync(stopping))]);

    private void Say(SubDeviceId id, UpdateNews news) => Act(id, device => device.Say(news));

    private void Act(SubDeviceId id, Action<ReportedUpdate> act)
    {
        var device = _devices.GetOrAdd(id, added => new ReportedUpdate(new DeviceIdentity(added.ProductId, added.DeviceName)));
        act(device);
        Enqueue(device);
    }

    private void Enqueue(ReportedUpdate device)
    {
        if (device.TryQueueState()) _states.Writer.TryWrite(device);
        if (device.TryQueueProgress()) _progress.Writer.TryWrite(device);
    }

    private async Task SendStatesAsync(CancellationToken stopping)
    {
        await foreach (var device in _states.Reader.ReadAllAsync(stopping))
        {
            await _stateTurns.NextAsync(stopping);
            UpdateNews? sent = null;
            bool isConfirmed = false;
            try
            {
                isConfirmed = await hub.PublishNextAsync(() => (sent = device.TakeState())?.ToMessage(device.Id), PublishPriority.FirmwareState, stopping);
            }
            catch (Exception exception) when (exception is HubOfflineException or TimeoutException)
            {
                LogLater(logger, device.Id, exception.Message);
                await Task.Delay(Rest, time, stopping);
            }

            device.EndState(sent, isConfirmed);
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
            try
            {
                await hub.PublishNextAsync(() => device.TakeProgress(time.GetElapsedTime(0))?.ToMessage(device.Id), PublishPriority.FirmwareProgress, stopping);
            }
            catch (Exception exception) when (exception is HubOfflineException or TimeoutException)
            {
                await Task.Delay(Rest, time, stopping);
            }

            device.EndProgress();
            Enqueue(device);
        }
    }

    [LoggerMessage(4631, LogLevel.Debug, "How the update of {Device} goes did not reach the hub and is sent again: {Reason}")]
    private static partial void LogLater(ILogger logger, DeviceIdentity device, string reason);
}

/// <summary>How fast updates are reported.</summary>
/// <param name="States">Least time between two states, whosever they are.</param>
/// <param name="Progress">The same for progress.</param>
internal sealed record ReportPace(TimeSpan States, TimeSpan Progress)
{
    /// <summary>Least time between two of one device.</summary>
    public TimeSpan ProgressOfDevice { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>A quarter of the hub's messages for states, an eighth for progress; the rest is for values.</summary>
    /// <param name="publishRate">Messages a second that the connection takes; may be infinite.</param>
    public static ReportPace Of(double publishRate) => new(TimeSpan.FromSeconds(4 / publishRate), TimeSpan.FromSeconds(8 / publishRate));
}
