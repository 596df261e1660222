using System.Collections.Frozen;
using System.Threading.Channels;
using BridgeFramework.Configuration;
using BridgeFramework.Files;
using BridgeFramework.IotHub;
using Microsoft.Extensions.Logging;

namespace BridgeFramework.Runtime;

/// <summary>The firmware updates of a gateway: from the hub's word to the version that is seen to run.</summary>
public sealed partial class FirmwareUpdates
{
    private readonly Lock _gate = new();
    private readonly Dictionary<SubDeviceId, Task> _running = []; // under the lock; those that were forgotten until they have ended
    private readonly UpdateSurroundings _around;
    private readonly ByteRate _rate;
    private readonly ImageStore _store;
    private readonly ImageFetches _fetches;
    private readonly UpdateNewsSender _news;
    private readonly ILogger _logger;
    private volatile FrozenDictionary<SubDeviceId, DeviceUpdater> _devices = FrozenDictionary<SubDeviceId, DeviceUpdater>.Empty;
    private Func<Func<CancellationToken, Task>, Task>? _start; // set once it runs, under the lock

    internal FirmwareUpdates(
        PrivateFolder folder,
        FirmwareSettings settings,
        ImageRequest request,
        UpdateHub hub,
        TimeProvider time,
        ILoggerFactory loggers)
    {
        _logger = loggers.CreateLogger<FirmwareUpdates>();
        _news = hub.News;
        var records = new UpdateRecords(folder.Folder("updates"), loggers.CreateLogger<UpdateRecords>());
        _store = new ImageStore(folder.Folder("images"), settings, Needed, ImageStore.FreeBytesOf, loggers.CreateLogger<ImageStore>());
        _rate = new ByteRate(settings.DownloadRate, time);
        var download = new ImageDownload(_store, request, _rate, hub.UntilOnline, time, loggers.CreateLogger<ImageDownload>());
        _fetches = new ImageFetches(_store, download.RunAsync, settings.Downloads);
        _around = new UpdateSurroundings(settings, records, _fetches, new UpdateTurns(settings.Updates), hub, time, _logger);
    }

    /// <summary>How the last update of each device stands, those that are under way first.</summary>
    public IReadOnlyList<FirmwareUpdateStatus> Status =>
    [
        .. _devices.Values.Select(device => device.Status).OfType<FirmwareUpdateStatus>()
            .OrderBy(status => status.Phase is UpdatePhase.Done or UpdatePhase.Failed).ThenBy(
                status => status.Id.ToString(), StringComparer.Ordinal),
    ];

    /// <summary>Bytes of the images that are kept.</summary>
    public long ImageBytes => _store.Bytes;

    /// <summary>Lets an update begin that waits for approval.</summary>
    /// <param name="id">The device.</param>
    /// <param name="cancellationToken">Gives up waiting for the disk.</param>
    /// <exception cref="UnknownSubDeviceException">The gateway does not have it.</exception>
    /// <exception cref="OrderNotPossibleException">It does not wait for that.</exception>
    public Task<FirmwareUpdateStatus> ApproveAsync(SubDeviceId id, CancellationToken cancellationToken) =>
        OrderAsync(id, device => device.ApproveAsync(cancellationToken));

    /// <summary>Ends an update; the hub hears that it failed. A device that is being given the image is left
    /// as its driver leaves it.</summary>
    /// <inheritdoc cref="ApproveAsync"/>
    public Task<FirmwareUpdateStatus> CancelAsync(SubDeviceId id, CancellationToken cancellationToken) =>
        OrderAsync(id, device => device.CancelAsync(cancellationToken));

    /// <summary>Tries an update once more that has failed.</summary>
    /// <inheritdoc cref="ApproveAsync"/>
    public Task<FirmwareUpdateStatus> RetryAsync(SubDeviceId id, CancellationToken cancellationToken) =>
        OrderAsync(id, device => device.RetryAsync(cancellationToken));

    /// <summary>These are given firmware from now on, in place of those before. Who stays keeps its update. Who is not among them leaves:
    /// an update that is under way has failed, and the hub is told so until it is forgotten. Safe from any thread.</summary>
    /// <param name="targets">The devices. One without a target has been leaving for longer than this gateway runs.</param>
    internal void Apply(IReadOnlyDictionary<SubDeviceId, (UpdatePolicy Policy, IUpdateTarget? Target)> targets)
    {
        lock (_gate)
        {
            foreach (var (id, device) in _devices)
                if (!device.IsLeaving && targets.GetValueOrDefault(id).Target is null) device.Leave();
            var next = _devices.ToDictionary();
            foreach (var (id, (policy, target)) in targets)
            {
                if (next.TryGetValue(id, out var known) && target is not null) known.Become(policy, target);
                else if (known is null) next.Add(id, Add(id, policy, target));
            }

            _devices = next.ToFrozenDictionary();
        }
    }

    /// <summary>These bounds hold from now on; what is under way goes on within them. Safe from any thread.</summary>
    internal void Apply(FirmwareSettings settings)
    {
        _around.Settings = settings;
        _store.Become(settings);
        _rate.Become(settings.DownloadRate);
        _fetches.Become(settings.Downloads);
        _around.Turns.Become(settings.Updates);
        foreach (var device in _devices.Values) device.FollowSettings();
    }

    /// <summary>Whether the update of a device is under way, or the hub has yet to hear how it ended.</summary>
    internal bool HasNews(SubDeviceId id) => _devices.GetValueOrDefault(id)?.HasNews ?? false;

    /// <summary>Forgets a device that leaves, with what is written down of its update.</summary>
    internal void Forget(SubDeviceId id)
    {
        lock (_gate)
        {
            if (!_devices.TryGetValue(id, out var device) || !device.IsLeaving) return;
            _devices = _devices.Where(pair => pair.Key != id).ToFrozenDictionary();
            device.End();
        }
    }

    /// <summary>Runs all updates until told to stop.</summary>
    /// <param name="messages">What the hub says on the update topics.</param>
    /// <param name="stopping">Tells it to stop.</param>
    internal async Task RunAsync(ChannelReader<HubMessage> messages, CancellationToken stopping)
    {
        await _fetches.CleanAsync();
        using var tasks = new TaskGroup(stopping);
        _ = tasks.Start(ending => TakeInAsync(messages, ending)); // no task of a group fails
        _ = tasks.Start(_news.RunAsync);
        lock (_gate)
        {
            _start = tasks.Start;
            foreach (var (id, device) in _devices) Start(id, device);
        }

        await tasks.UntilEndAsync();
    }

    /// <summary>The hub may have a device online now, and can be told what waits.</summary>
    internal void Wake(SubDeviceId id) => _news.Wake(id);

    /// <summary>Takes the version that a device was said to run.</summary>
    internal void SetVersion(SubDeviceId id, string version) => _devices.GetValueOrDefault(id)?.SetVersion(version);

    /// <summary>Whether an address from the hub may be needed now, so that its topic is to stay subscribed. What waits for its device may
    /// do so for days, and needs none.</summary>
    internal bool NeedsAddress(SubDeviceId id) => _devices.GetValueOrDefault(id)?.NeedsAddress ?? false;

    private HashSet<ImageKey> Needed() =>
        [.. _devices.Values.Select(device => device.Record).OfType<UpdateRecord>().Where(record => !record.IsFinal)
            .Select(record => record.Image)];

    private DeviceUpdater Add(SubDeviceId id, UpdatePolicy policy, IUpdateTarget? target)
    {
        // One that was forgotten and has not ended yet takes its record with it.
        var record = _running.TryGetValue(id, out var before) && !before.IsCompleted ? null : _around.Records.Find(id);
        var added = new DeviceUpdater(id, record, policy, target ?? new RemovedTarget(), _around);
        if (target is null) added.Leave();
        Start(id, added);
        return added;
    }

    private void Start(SubDeviceId id, DeviceUpdater device)
    {
        if (_start is null) return;
        foreach (var (ended, _) in _running.Where(pair => pair.Value.IsCompleted).ToList()) _running.Remove(ended);
        var before = _running.GetValueOrDefault(id, Task.CompletedTask);
        _running[id] = _start(async ending =>
        {
            await before; // never fails
            await device.RunAsync(ending);
            _news.Forget(id); // it ends before the others only where it was forgotten
            await OwnThread.RunAsync(() => _around.Records.Delete(id));
        });
    }

    private async Task<FirmwareUpdateStatus> OrderAsync(SubDeviceId id, Func<DeviceUpdater, Task> order)
    {
        if (!_devices.TryGetValue(id, out var device) || device.IsLeaving)
            throw UnknownSubDeviceException.Of(id.ToString(), _devices.Where(pair => !pair.Value.IsLeaving).Select(pair => pair.Key));
        await order(device);
        return device.Status ?? throw new OrderNotPossibleException($"{id} has no firmware update.");
    }

    private async Task TakeInAsync(ChannelReader<HubMessage> messages, CancellationToken stopping)
    {
        await foreach (var message in messages.ReadAllAsync(stopping))
        {
            if (!FirmwareTopics.TryReadUpdate(message.Topic, out var identity) || !SubDeviceId.TryParse(identity.ToString(), out var id)
                || !_devices.TryGetValue(id, out var device))
            {
                LogForeign(_logger, message.Topic);
                continue;
            }

            if (!FirmwareDownlink.TryRead(message.Payload, out var downlink, out string? problem))
            {
                LogUnreadable(_logger, id, message.Payload.Length, problem);
                continue;
            }

            switch (downlink)
            {
                case FirmwareDownlink.Update { Task: var task }:
                    await device.AssignAsync(task, stopping);
                    break;
                case FirmwareDownlink.UnusableUpdate unusable:
                    device.Refuse(unusable.Version, unusable.Reason);
                    break;
                case FirmwareDownlink.VersionNoted { ResultCode: not 0 } refused:
                    LogVersionRefused(_logger, id, refused.ResultCode, refused.Message);
                    break;
            }
        }
    }

    [LoggerMessage(4661, LogLevel.Debug, "A message on '{Topic}' is for none of our devices")]
    private static partial void LogForeign(ILogger logger, string topic);

    [LoggerMessage(4662, LogLevel.Warning, "A message of {Length} bytes on the update topic of {Device} is not understood: {Problem}")]
    private static partial void LogUnreadable(ILogger logger, SubDeviceId device, int length, string problem);

    [LoggerMessage(4663, LogLevel.Warning, "The hub did not take the firmware version of {Device}: {Code} {Message}")]
    private static partial void LogVersionRefused(ILogger logger, SubDeviceId device, int code, string message);
}
