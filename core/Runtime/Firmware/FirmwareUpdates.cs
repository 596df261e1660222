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
    private readonly FrozenDictionary<SubDeviceId, DeviceUpdater> _devices;
    private readonly ImageStore _store;
    private readonly ImageFetches _fetches;
    private readonly UpdateNewsSender _news;
    private readonly ILogger _logger;

    internal FirmwareUpdates(
        IReadOnlyDictionary<SubDeviceId, (UpdatePolicy Policy, IUpdateTarget Target)> targets,
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
        var rate = new ByteRate(settings.DownloadRate, time);
        var download = new ImageDownload(_store, request, rate, hub.UntilOnline, time, loggers.CreateLogger<ImageDownload>());
        _fetches = new ImageFetches(_store, download.RunAsync, settings.Downloads);
        var around = new UpdateSurroundings(settings, records, _fetches, new UpdateTurns(settings.Updates), hub, time, _logger);
        var known = records.Read().GroupBy(record => record.Device, StringComparer.Ordinal).ToDictionary(
            group => group.Key, group => group.First(), StringComparer.Ordinal);
        _devices = targets.ToFrozenDictionary(
            pair => pair.Key, pair =>
                new DeviceUpdater(pair.Key, known.GetValueOrDefault(pair.Key.ToString()), pair.Value.Policy, pair.Value.Target, around));
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

    /// <summary>Runs all updates until told to stop.</summary>
    /// <param name="messages">What the hub says on the update topics.</param>
    /// <param name="stopping">Tells it to stop.</param>
    internal async Task RunAsync(ChannelReader<HubMessage> messages, CancellationToken stopping)
    {
        await _fetches.CleanAsync();
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        Task[] parts = [TakeInAsync(messages, either.Token), _news.RunAsync(either.Token),
            .. _devices.Values.Select(device => device.RunAsync(either.Token))];
        // One ends before its time only through a bug of ours: then all end, and the bug is seen.
        await Task.WhenAny(parts);
        await either.CancelAsync();
        await Task.WhenAll(parts);
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

    private async Task<FirmwareUpdateStatus> OrderAsync(SubDeviceId id, Func<DeviceUpdater, Task> order)
    {
        if (!_devices.TryGetValue(id, out var device)) throw UnknownSubDeviceException.Of(id.ToString(), _devices.Keys);
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
