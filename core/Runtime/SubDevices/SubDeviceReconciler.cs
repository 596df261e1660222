using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace BridgeFramework.Runtime;

/// <summary>Brings the hub's view of each sub-device to what its channel says now, with as few messages as it takes.</summary>
/// <remarks>
/// One loop starts the actions; everyone else leaves word and wakes it. At most <see cref="MaxUnderWay"/> actions are under way
/// at a time. An answer counts only for the connection it was asked on.
/// </remarks>
internal sealed partial class SubDeviceReconciler
{
    private const int MaxUnderWay = 8;
    private static readonly TimeSpan FirstRetry = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LastRetry = TimeSpan.FromMinutes(5);

    /// <summary>How long a channel may say nothing (restart, swap) before its sub-devices are taken offline.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromMinutes(1);

    private readonly ISubDeviceOperations _operations;
    private readonly Action<SubDeviceId, CloudState> _changed;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Lock _gate = new();
    private readonly Dictionary<SubDeviceId, Entry> _entries;
    private readonly Queue<Entry> _toDo = new();
    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private int _session;
    private bool _connected;
    private int _underWay;

    /// <param name="devices">All sub-devices of the gateway, with their channels.</param>
    /// <param name="operations">The hub.</param>
    /// <param name="changed">Told each new state, in order; must not block.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">The log.</param>
    public SubDeviceReconciler(
        IEnumerable<(string Channel, SubDeviceConfiguration Device)> devices,
        ISubDeviceOperations operations,
        Action<SubDeviceId, CloudState> changed,
        TimeProvider time,
        ILogger<SubDeviceReconciler> logger)
    {
        _operations = operations;
        _changed = changed;
        _time = time;
        _logger = logger;
        _entries = devices.ToDictionary(pair => pair.Device.Id, pair => new Entry(pair.Channel, pair.Device));
    }

    public async Task RunAsync(CancellationToken stopping)
    {
        var actions = new HashSet<Task>();
        try
        {
            while (await _wake.Reader.WaitToReadAsync(stopping))
            {
                _wake.Reader.TryRead(out _);
                actions.RemoveWhere(task => task.IsCompletedSuccessfully);
                while (TryStart(out var entry, out var action, out int session))
                    actions.Add(ExecuteAsync(entry, action, session, stopping));
            }
        }
        finally
        {
            await Task.WhenAll(actions);
            lock (_gate)
                foreach (var entry in _entries.Values) entry.StopWaiting();
        }
    }

    /// <summary>Takes what a channel says of a sub-device.</summary>
    public void SetPresence(SubDeviceId id, Presence presence, string? reason)
    {
        lock (_gate)
        {
            if (!_entries.TryGetValue(id, out var entry)) return;
            entry.PresenceReason = reason;
            if (entry.Presence == presence) return;
            entry.Presence = presence;
            // Unknown is said of the channel as a whole, by its supervisor; here it would be said once for each sub-device.
            var level = presence == Presence.Unknown ? LogLevel.Debug : LogLevel.Information;
            LogPresence(_logger, level, id, presence, reason is null ? "" : $" ({reason})");
            switch (presence)
            {
                case Presence.Present: SetGoal(entry, CloudGoal.Online); break;
                case Presence.Absent: SetGoal(entry, CloudGoal.Offline); break;
                case Presence.Unknown when entry.Goal == CloudGoal.Online: entry.Grace.Set(_time, Grace, () => EndGrace(entry)); break;
            }
        }
    }

    /// <summary>The connection to the hub is up: everything is told to it anew.</summary>
    public void SessionUp()
    {
        lock (_gate)
        {
            if (_connected) ForgetHub();
            _connected = true;
            _session++;
            foreach (var entry in _entries.Values) Enqueue(entry);
        }
    }

    /// <summary>The connection to the hub is gone.</summary>
    public void SessionLost()
    {
        lock (_gate)
        {
            if (!_connected) return;
            _connected = false;
            _session++;
            ForgetHub();
        }
    }

    /// <summary>The hub's own people bound or unbound a sub-device.</summary>
    public void TopologyChanged(SubDeviceId id, bool bound)
    {
        lock (_gate)
        {
            if (!_entries.TryGetValue(id, out var entry)) return;
            // Who unbinds in the console does not want us to bind again behind their back.
            entry.UnboundThere = !bound;
            Apply(entry, bound ? CloudEvent.BoundThere : CloudEvent.UnboundThere, bound ? null : "Unbound at the hub; bind it there, or restart the gateway.");
        }
    }

    public IReadOnlyList<SubDeviceStatus> Snapshot()
    {
        lock (_gate)
            return [.. _entries.Values.Select(entry => new SubDeviceStatus
            {
                Id = entry.Device.Id,
                Channel = entry.Channel,
                Presence = entry.Presence,
                Cloud = entry.State,
                Reason = entry.CloudReason ?? entry.PresenceReason,
            })];
    }

    private bool TryStart(out Entry entry, out CloudAction action, out int session)
    {
        lock (_gate)
        {
            session = _session;
            while (_connected && _underWay < MaxUnderWay && _toDo.TryDequeue(out entry!))
            {
                entry.IsQueued = false;
                if (entry.UnderWay || entry.Rest.IsSet) continue;
                action = CloudTransition.Decide(entry.State, entry.Goal, entry.Device.Secret is not null && !entry.UnboundThere);
                if (action == CloudAction.Nothing) continue;
                entry.UnderWay = true;
                _underWay++;
                Move(entry, CloudTransition.Started(action));
                return true;
            }
        }

        (entry, action) = (null!, CloudAction.Nothing); // not looked at by the caller
        return false;
    }

    private async Task ExecuteAsync(Entry entry, CloudAction action, int session, CancellationToken stopping)
    {
        CloudAnswer answer;
        try
        {
            answer = await _operations.ExecuteAsync(action, entry.Device, stopping);
        }
        catch (OperationCanceledException)
        {
            answer = new CloudAnswer(CloudEvent.Failed, "Cancelled.");
        }

        lock (_gate)
        {
            _underWay--;
            entry.UnderWay = false;
            if (session == _session) Apply(entry, answer.Event, answer.Reason);
            else Enqueue(entry);
        }
    }

    private void Apply(Entry entry, CloudEvent happened, string? reason)
    {
        entry.CloudReason = reason;
        bool asked = CloudTransition.IsUnderWay(entry.State);
        Move(entry, CloudTransition.Next(entry.State, happened));
        if (happened == CloudEvent.Accepted) entry.Failures = 0;
        if (happened is CloudEvent.Refused || (asked && entry.State == CloudState.Unbound && entry.Device.Secret is null))
            LogRefused(_logger, entry.Device.Id, reason ?? "It is not bound to this gateway and has no 'secret' to bind it with.");
        if (happened == CloudEvent.Failed)
        {
            var rest = RetryAfter(++entry.Failures);
            LogFailed(_logger, entry.Device.Id, reason ?? "no answer", rest.TotalSeconds);
            entry.Rest.Set(_time, rest, () => EndRest(entry));
        }
        else
        {
            Enqueue(entry);
        }
    }

    private void SetGoal(Entry entry, CloudGoal goal)
    {
        // New word from the field is worth asking again at once.
        entry.StopWaiting();
        entry.Goal = goal;
        Enqueue(entry);
    }

    private void EndGrace(Entry entry)
    {
        lock (_gate)
            if (entry.Presence == Presence.Unknown) SetGoal(entry, CloudGoal.Offline);
    }

    private void EndRest(Entry entry)
    {
        lock (_gate)
        {
            entry.Rest.Clear();
            Enqueue(entry);
        }
    }

    private void ForgetHub()
    {
        foreach (var entry in _entries.Values)
        {
            entry.Failures = 0;
            entry.Rest.Clear();
            Move(entry, CloudTransition.Next(entry.State, CloudEvent.SessionLost));
        }
    }

    private void Move(Entry entry, CloudState state)
    {
        if (entry.State == state) return;
        LogMoved(_logger, entry.Device.Id, entry.State, state);
        if (state == CloudState.Online) LogOnline(_logger, entry.Device.Id, entry.Channel);
        if (state == CloudState.Offline) LogOffline(_logger, entry.Device.Id, entry.PresenceReason ?? "absent");
        entry.State = state;
        _changed(entry.Device.Id, state);
    }

    private void Enqueue(Entry entry)
    {
        if (!entry.IsQueued)
        {
            entry.IsQueued = true;
            _toDo.Enqueue(entry);
        }

        _wake.Writer.TryWrite(true);
    }

    private static TimeSpan RetryAfter(int failures)
    {
        var wait = FirstRetry * Math.Pow(2, Math.Min(failures - 1, 10));
        return wait < LastRetry ? wait : LastRetry;
    }

    private sealed class Entry(string channel, SubDeviceConfiguration device)
    {
        public string Channel { get; } = channel;
        public SubDeviceConfiguration Device { get; } = device;
        public Presence Presence { get; set; }
        public string? PresenceReason { get; set; }
        public CloudGoal Goal { get; set; }
        public CloudState State { get; set; }
        public string? CloudReason { get; set; }
        public bool UnboundThere { get; set; }
        public bool UnderWay { get; set; }
        public bool IsQueued { get; set; }
        public int Failures { get; set; }

        /// <summary>Runs after a failure, until it may be asked again.</summary>
        public Alarm Rest { get; } = new();

        /// <summary>Runs while the channel says nothing, until the sub-device counts as gone.</summary>
        public Alarm Grace { get; } = new();

        public void StopWaiting()
        {
            Rest.Clear();
            Grace.Clear();
        }
    }

    [LoggerMessage(EventId = 4001, Message = "{Device} is {Presence}{Reason}")]
    private static partial void LogPresence(ILogger logger, LogLevel level, SubDeviceId device, Presence presence, string reason);

    [LoggerMessage(4002, LogLevel.Debug, "{Device} at the hub: {From} -> {To}")]
    private static partial void LogMoved(ILogger logger, SubDeviceId device, CloudState from, CloudState to);

    [LoggerMessage(4003, LogLevel.Information, "{Device} is online (channel {Channel})")]
    private static partial void LogOnline(ILogger logger, SubDeviceId device, string channel);

    [LoggerMessage(4004, LogLevel.Information, "{Device} is offline ({Reason})")]
    private static partial void LogOffline(ILogger logger, SubDeviceId device, string reason);

    [LoggerMessage(4005, LogLevel.Error, "The hub does not take {Device}: {Reason}")]
    private static partial void LogRefused(ILogger logger, SubDeviceId device, string reason);

    [LoggerMessage(4006, LogLevel.Warning, "{Device}: {Reason}; asking again in {Seconds:0} s")]
    private static partial void LogFailed(ILogger logger, SubDeviceId device, string reason, double seconds);
}
