using System.Text.Json;
using BridgeFramework.Configuration;

namespace BridgeFramework.Runtime;

/// <summary>Which sub-devices there are: that changes while the gateway runs.</summary>
internal sealed partial class SubDeviceReconciler
{
    private static readonly JsonElement NoSettings = JsonElement.Parse("{}");

    // Replaced as a whole and never changed, so that it can be read without the lock.
    private volatile OrderedDictionary<SubDeviceId, TrackedSubDevice> _devices = [];
    private Dictionary<SubDeviceId, SubDevicePlan> _afterParting = []; // named without a channel, once they have left theirs
    private readonly HashSet<SubDeviceId> _parted = []; // until a plan comes that does not count them among those that leave
    private SubDeviceOptions _options = new();
    private int _unreachable; // how many commands do not reach, as the log has it

    /// <summary>These sub-devices from now on.</summary>
    /// <remarks>
    /// One that was here already keeps how it stands at the hub: nothing is asked unless it concerns something that the hub has.
    /// One that is named no more and does not leave is removed at once, and the hub keeps what it has of it. To be called before
    /// anything is said of the new ones, and after the last was said of those that go. Of those that are online the followers hear once
    /// more: what they have of one may be new.
    /// </remarks>
    /// <param name="devices">All sub-devices of the gateway, with their channels; the name is empty where there is none.</param>
    /// <param name="leaving">Those that leave: they stay at the hub as they are, until <see cref="LeaveAsync"/> takes them away. One that a
    /// channel has does not leave; one that only <c>device_info.json</c> names may, and is named by it alone after that. One that
    /// is new, as the gateway was started meanwhile, is brought online, since only so what waits of it can be sent.</param>
    /// <param name="options">Bounds.</param>
    public void Apply(
        IReadOnlyCollection<(string Channel, SubDevicePlan Device)> devices,
        IReadOnlyCollection<SubDeviceId> leaving,
        SubDeviceOptions options)
    {
        lock (_gate)
        {
            if (_stopped) return;
            (_options, _versions.Spacing) = (options, options.VersionSpacing);
            var before = _devices;
            var leave = leaving.ToHashSet();
            // Whoever asked for it may not know yet that it is done.
            _parted.IntersectWith(leave);
            leave.ExceptWith(_parted);
            leave.ExceptWith(devices.Where(pair => pair.Channel.Length > 0).Select(pair => pair.Device.Id));
            // What one that leaves can be bound with is known, unless it leaves since before the start.
            var known = before.Values.Where(device => device.Channel.Length > 0 && leave.Contains(device.Device.Id));
            var named = devices.Where(pair => !leave.Contains(pair.Device.Id)).ToList();
            _bindings.Apply([.. known.Select(device => device.Device), .. named.Select(pair => pair.Device)]);
            _afterParting = devices.Where(pair => leave.Contains(pair.Device.Id)).ToDictionary(pair => pair.Device.Id, pair => pair.Device);
            var after = new OrderedDictionary<SubDeviceId, TrackedSubDevice>();
            foreach (var (channel, device) in named)
                after.Add(device.Id, before.GetValueOrDefault(device.Id) ?? new TrackedSubDevice(channel, device, options, _around));
            foreach (var id in leave) after.Add(id, before.GetValueOrDefault(id) ?? NewLeaving(id));
            _devices = after;
            foreach (var gone in before.Values.Where(device => !after.ContainsKey(device.Device.Id))) gone.Remove();
            foreach (var id in leave) after[id].Leave();
            foreach (var (channel, device) in named) after[device.Id].Apply(channel, device, options);
            ShareSubscriptions(named);
            foreach (var device in after.Values.Where(device => !before.ContainsKey(device.Device.Id))) Begin(device);
            foreach (var device in before.Values) device.TellIfOnline();
        }
    }

    /// <summary>Takes one that leaves offline at the hub, over failures and connections, and removes it.</summary>
    /// <param name="id">One of those that leave.</param>
    /// <param name="unbind">Whether it is unbound before it is removed.</param>
    /// <returns>True when it is gone. False when it is not and nothing is done about that any more: the plan names it again, or the gateway
    /// stops.</returns>
    public Task<bool> LeaveAsync(SubDeviceId id, bool unbind)
    {
        lock (_gate)
        {
            if (_stopped) return Task.FromResult(false);
            if (!_devices.TryGetValue(id, out var device)) return Task.FromResult(true);
            var parted = device.Part(unbind);
            RemoveIfParted(device);
            return parted;
        }
    }

    private TrackedSubDevice NewLeaving(SubDeviceId id)
    {
        var device = new TrackedSubDevice("", new SubDevicePlan { Id = id, Settings = NoSettings }, _options, _around);
        device.SetPresence(Presence.Present, null);
        return device;
    }

    private void Begin(TrackedSubDevice device)
    {
        if (_running) device.ExpectPresence();
        if (_connected) Enqueue(device);
    }

    private void ShareSubscriptions(IReadOnlyCollection<(string Channel, SubDevicePlan Device)> devices)
    {
        // Without a channel there is nobody to carry out a command.
        var commandable = devices.Where(pair => pair.Channel.Length > 0 && SubscriptionBudget.TakesCommands(pair.Device))
            .Select(pair => pair.Device).ToList();
        var takeCommands = commandable.Select(device => device.Id).ToHashSet();
        var reachable = SubscriptionBudget.Share(commandable, _options.MaxSubscriptions, id => _devices[id].HasPlace);
        foreach (var (_, device) in devices)
        {
            var commands = !takeCommands.Contains(device.Id) ? CommandReach.None
                : reachable.Contains(device.Id) ? CommandReach.Pending
                : CommandReach.OverBudget;
            _devices[device.Id].Apply(commands, _options.MaxSubscriptions);
        }

        int unreachable = takeCommands.Count - reachable.Count;
        if (unreachable > 0 && unreachable != _unreachable) SubDeviceLog.OverBudget(_logger, _options.MaxSubscriptions, unreachable);
        _unreachable = unreachable;
    }

    private void RemoveIfParted(TrackedSubDevice device)
    {
        if (!device.HasParted) return;
        var id = device.Device.Id;
        var after = new OrderedDictionary<SubDeviceId, TrackedSubDevice>(_devices);
        after.Remove(id);
        _parted.Add(id);
        bool isNamed = _afterParting.Remove(id, out var plan);
        if (isNamed) after.Add(id, new TrackedSubDevice("", plan!, _options, _around));
        _devices = after;
        device.Remove();
    }
}
