using System.Collections.Concurrent;
using System.Runtime.CompilerServices;

namespace BridgeFramework.Runtime;

/// <summary>The gateway's side of one run of a channel. Once closed, nothing that the run still says is believed.</summary>
internal sealed class HostedChannel : IChannel
{
    private readonly ConcurrentDictionary<SubDevice, ReportedDevice> _devices = new(ReferenceEqualityComparer.Instance);
    private readonly ConcurrentDictionary<SubDeviceId, ReportedDevice> _byId = new();
    private readonly ConditionalWeakTable<SubDevice, object> _left = [];
    private readonly RunStore _store;
    private readonly UplinkIntake _uplink;
    private readonly Action<SubDeviceId, Presence, string?> _presence;
    private readonly Action<SubDeviceId, string> _firmware;
    private readonly Action<HostedChannel> _serving;
    private readonly ChannelTraffic _traffic;
    private readonly TimeProvider _time;
    // What was said before the end and what is said of the end must not change places.
    private readonly Lock _closing = new();
    private volatile bool _closed;

    public HostedChannel(
        string name,
        IReadOnlyList<SubDevice> devices,
        IChannelStore store,
        UplinkIntake uplink,
        Action<SubDeviceId, Presence, string?> presence,
        Action<SubDeviceId, string> firmware,
        Action<HostedChannel> serving,
        ChannelTraffic traffic,
        TimeProvider time)
    {
        Name = name;
        Devices = devices;
        _store = new RunStore(store);
        _uplink = uplink;
        _presence = presence;
        _firmware = firmware;
        _serving = serving;
        _traffic = traffic;
        _time = time;
        foreach (var device in devices) Settle(Admit(device));
    }

    public string Name { get; }
    public IReadOnlyList<SubDevice> Devices { get; }
    public IChannelStore Store => _store;

    /// <summary>How its points do; still answered when it is closed.</summary>
    public IReadOnlyList<PointHealth> Health() => [.. _byId.Values.SelectMany(device => device.Health())];

    public void Close()
    {
        lock (_closing) _closed = true;
        _store.Close();
        foreach (var device in _byId.Values) device.LetGo();
    }

    public ReportedDevice? Find(SubDeviceId id) => _byId.GetValueOrDefault(id);

    /// <summary>From now on the driver may report for a sub-device that is new, or that takes the place of one of the same id: both are
    /// known until <see cref="Settle"/>.</summary>
    public ReportedDevice Admit(SubDevice device) => _devices[device] = new ReportedDevice(device, _uplink.SourceOf(device.Id));

    /// <summary>A sub-device that was admitted is the one of its id: commands are for it, and what is said of the one before has no
    /// effect any more.</summary>
    public void Settle(ReportedDevice device)
    {
        _byId.TryGetValue(device.Device.Id, out var before);
        _byId[device.Device.Id] = device; // at no moment is there none
        if (before is not null) Leave(before);
    }

    /// <summary>A sub-device is not of this channel any more: what is said of it has no effect.</summary>
    public void Dismiss(SubDeviceId id)
    {
        if (_byId.TryRemove(id, out var gone)) Leave(gone);
    }

    public void SetServing()
    {
        lock (_closing)
            if (!_closed) _serving(this);
    }

    public void Describe(SubDevice device, IReadOnlyList<PointDefinition> points)
    {
        ArgumentNullException.ThrowIfNull(points);
        Own(device)?.Describe(points);
    }

    public async ValueTask ReportAsync(SubDevice device, ReadOnlyMemory<PointValue> values, CancellationToken cancellationToken)
    {
        _traffic.Reports.Count();
        var own = Own(device);
        DriverInput.Check(device, values.Span);
        while (own is not null && !values.IsEmpty && !_closed)
        {
            int count = own.CountDistinct(values.Span, _time.GetTimestamp());
            await _uplink.ReportAsync(own.Source, values[..count], cancellationToken);
            values = values[count..];
        }
    }

    public ValueTask ReportEventAsync(SubDevice device, DeviceEvent deviceEvent, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(deviceEvent);
        _traffic.Events.Count();
        var own = Own(device);
        DriverInput.Check(device, deviceEvent);
        return _closed || own is null ? ValueTask.CompletedTask : _uplink.ReportEventAsync(own.Source, deviceEvent, cancellationToken);
    }

    public void SetPresence(SubDevice device, Presence presence, string? reason = null)
    {
        _traffic.Presences.Count();
        var own = Own(device);
        DriverInput.Check(device, presence);
        lock (_closing)
            if (!_closed && own is not null) _presence(own.Device.Id, presence, reason);
    }

    public void SetFirmwareVersion(SubDevice device, string version)
    {
        _traffic.Versions.Count();
        var own = Own(device);
        ArgumentException.ThrowIfNullOrEmpty(version);
        if (!FirmwareVersion.IsValid(version))
            throw new ArgumentException(
                $"'{version}' is no firmware version: expected 1 to {FirmwareVersion.MaxLength} of A-Z a-z 0-9 . _ -, beginning with a "
                    + "letter or digit.", nameof(version));
        lock (_closing)
            if (!_closed && own is not null) _firmware(own.Device.Id, version);
    }

    // Nobody adopts devices and nobody looks at frames yet; a driver may tell of them all the same.
    public void ReportDiscovered(DiscoveredDevice found) => _traffic.Discoveries.Count();

    public void RecordFrame(FrameDirection direction, ReadOnlySpan<byte> frame)
    {
    }

    private void Leave(ReportedDevice gone)
    {
        _left.Add(gone.Device, gone.Device.Id.ToString()); // nothing that would keep the plugin in memory
        _devices.TryRemove(gone.Device, out _);
    }

    /// <returns>What it is here; <see langword="null"/> where it was and is no more.</returns>
    /// <exception cref="ArgumentException">It never was of this channel.</exception>
    private ReportedDevice? Own(SubDevice device)
    {
        ArgumentNullException.ThrowIfNull(device);
        if (_devices.TryGetValue(device, out var own)) return own;
        return _left.TryGetValue(device, out _) ? null
            : throw new ArgumentException($"{device} is not a sub-device of channel {Name}.", nameof(device));
    }
}
