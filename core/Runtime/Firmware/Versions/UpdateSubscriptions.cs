using BridgeFramework.IotHub;
using Microsoft.Extensions.Logging;

namespace BridgeFramework.Runtime;

/// <summary>Which sub-devices' update topics are subscribed to, where the hub does not take as many
/// subscriptions as there are sub-devices.</summary>
/// <remarks>
/// Whose version is announced is subscribed first: the hub says what it wants right after a version. When all places are taken, who has
/// been there longest without a need for an address makes room, and later has its version announced once more to be heard again. So every
/// sub-device has its turn; with places for all, none ever moves.
/// </remarks>
#pragma warning disable CA1001, IDISP006 // The semaphore holds no handle.
internal sealed partial class UpdateSubscriptions(
    int places, Func<string, CancellationToken, ValueTask> subscribe, Func<string, CancellationToken, ValueTask> unsubscribe,
        TimeProvider time, ILogger<UpdateSubscriptions> logger)
#pragma warning restore CA1001, IDISP006
{
    /// <summary>How often one that had to make room is heard again.</summary>
    internal static readonly TimeSpan Rotation = TimeSpan.FromSeconds(30);

    private readonly SemaphoreSlim _asking = new(1);
    private readonly Lock _gate = new();
    private readonly OrderedDictionary<SubDeviceId, bool> _listening = []; // who has been there longest first
    private readonly OrderedDictionary<SubDeviceId, bool> _waiting = []; // who made room first comes first
    private int _places = places;
    private int _session;

    /// <summary>Whether a sub-device is to stay, as the address of an image may be needed now. Set before it is used.</summary>
    public Func<SubDeviceId, bool> MustStay { get; set; } = _ => false;

    /// <summary>Another connection, or none: nothing is subscribed any more.</summary>
    public void Reset()
    {
        lock (_gate)
        {
            _session++;
            _listening.Clear();
            _waiting.Clear();
        }
    }

    /// <summary>So many places from now on, for these sub-devices. Who is not there any more, or has a place too many, is heard no longer;
    /// the latter is heard again when its turn comes.</summary>
    public async Task ApplyAsync(int places, IReadOnlySet<SubDeviceId> devices, CancellationToken cancellationToken)
    {
        await _asking.WaitAsync(cancellationToken);
        try
        {
            foreach (var left in TakeThoseTooMany(places, devices)) await unsubscribe(TopicOf(left), cancellationToken);
        }
        catch (Exception exception) when (exception is HubOfflineException or TimeoutException)
        {
            LogNotEnded(logger, exception.Message); // with the connection go its subscriptions
        }
        finally
        {
            _asking.Release();
        }
    }

    /// <summary>Subscribes to the updates of a sub-device, if need be in another one's place.</summary>
    /// <exception cref="HubOfflineException">There is no connection.</exception>
    /// <exception cref="TimeoutException">The hub does not answer.</exception>
    public async Task EnsureAsync(SubDeviceId id, CancellationToken cancellationToken)
    {
        await _asking.WaitAsync(cancellationToken);
        try
        {
            SubDeviceId? leaving = null;
            int session;
            lock (_gate)
            {
                session = _session;
                if (_listening.Remove(id))
                {
                    _listening.Add(id, true);
                    return;
                }

                if (_listening.Count >= _places)
                {
                    var movable = _listening.Keys.Where(candidate => !MustStay(candidate)).Take(1).ToList();
                    if (movable is not [var longest])
                    {
                        LogFull(logger, id, _places);
                        _waiting[id] = true;
                        return;
                    }

                    leaving = longest;
                    _listening.Remove(longest);
                    _waiting[longest] = true;
                }
            }

            if (leaving is { } left) await unsubscribe(TopicOf(left), cancellationToken);
            await subscribe(TopicOf(id), cancellationToken);
            lock (_gate)
            {
                if (session != _session) return;
                _listening[id] = true;
                _waiting.Remove(id);
            }
        }
        catch (SubscriptionRefusedException exception)
        {
            LogRefused(logger, id, exception.Message);
        }
        finally
        {
            _asking.Release();
        }
    }

    /// <summary>Has those that had to make room heard again, one after another.</summary>
    /// <param name="announceAgain">Has the version of one announced again.</param>
    /// <param name="stopping">Tells it to stop.</param>
    public async Task RunAsync(Action<SubDeviceId> announceAgain, CancellationToken stopping)
    {
        while (true)
        {
            await Task.Delay(Rotation, time, stopping);
            if (TakeWaiting() is { } next) announceAgain(next);
        }
    }

    private List<SubDeviceId> TakeThoseTooMany(int places, IReadOnlySet<SubDeviceId> devices)
    {
        lock (_gate)
        {
            _places = places;
            foreach (var gone in _waiting.Keys.Where(id => !devices.Contains(id)).ToList()) _waiting.Remove(gone);
            var ended = _listening.Keys.Where(id => !devices.Contains(id)).ToList();
            var moved = _listening.Keys.Except(ended).OrderBy(MustStay).Take(_listening.Count - ended.Count - places).ToList();
            foreach (var id in moved) _waiting[id] = true;
            ended.AddRange(moved);
            foreach (var id in ended) _listening.Remove(id);
            return ended;
        }
    }

    private SubDeviceId? TakeWaiting()
    {
        lock (_gate)
        {
            if (_waiting.Count == 0) return null;
            var next = _waiting.GetAt(0).Key;
            _waiting.RemoveAt(0);
            return next;
        }
    }

    private static string TopicOf(SubDeviceId id) => FirmwareTopics.Update(new DeviceIdentity(id.ProductId, id.DeviceName));

    [LoggerMessage(4671, LogLevel.Debug, "All {Places} places for update topics wait for the address of an image: {Device} is heard later")]
    private static partial void LogFull(ILogger logger, SubDeviceId device, int places);

    [LoggerMessage(4675, LogLevel.Debug, "Subscriptions to updates were not ended one by one: {Reason}")]
    private static partial void LogNotEnded(ILogger logger, string reason);

    [LoggerMessage(4672, LogLevel.Warning, "The hub refuses to say what it wants {Device} to be updated to: {Reason}")]
    private static partial void LogRefused(ILogger logger, SubDeviceId device, string reason);
}
