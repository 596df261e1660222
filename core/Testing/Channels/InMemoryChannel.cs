using BridgeFramework.Runtime;

namespace BridgeFramework.Testing;

/// <summary>A channel without a gateway: gives a driver its sub-devices and records what the driver says.</summary>
/// <remarks>It is as strict as the gateway: what the contract forbids throws here too.</remarks>
/// <param name="devices">The sub-devices; see <see cref="TestDevice"/> for making them.</param>
public sealed class InMemoryChannel(params IReadOnlyList<SubDevice> devices) : IChannel
{
    private readonly TaskCompletionSource _serving = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _gate = new();
    private readonly Dictionary<SubDevice, IReadOnlyList<PointDefinition>> _points =
        devices.ToDictionary(d => d, d => d.Points, (IEqualityComparer<SubDevice>)ReferenceEqualityComparer.Instance);
    private readonly HashSet<SubDevice> _left = new(ReferenceEqualityComparer.Instance);

    /// <inheritdoc/>
    public string Name { get; init; } = "test";

    /// <inheritdoc/>
    public IReadOnlyList<SubDevice> Devices => devices;

    /// <inheritdoc/>
    public IChannelStore Store { get; init; } = new InMemoryStore();

    /// <summary>Ends when the driver has called <see cref="IChannel.SetServing"/>.</summary>
    public Task Serving => _serving.Task;

    /// <summary>What was reported.</summary>
    public Recording<ReportedValues> Reports { get; } = new();

    /// <summary>What was said of presence.</summary>
    public Recording<PresenceChange> PresenceChanges { get; } = new();

    /// <summary>The events.</summary>
    public Recording<ReportedEvent> Events { get; } = new();

    /// <summary>The unknown devices that were found.</summary>
    public Recording<DiscoveredDevice> Discovered { get; } = new();

    /// <summary>The frames that were shown.</summary>
    public Recording<RecordedFrame> Frames { get; } = new();

    /// <summary>What was said of firmware.</summary>
    public Recording<(SubDevice Device, string Version)> FirmwareVersions { get; } = new();

    /// <summary>Waits for a good value of a point.</summary>
    /// <param name="point">Its name.</param>
    /// <param name="fits">What is waited for.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <param name="from">Reports before this one are not looked at.</param>
    public async Task<Variant> WaitForValueAsync(string point, Func<Variant, bool> fits, CancellationToken cancellationToken, int from = 0)
    {
        ArgumentNullException.ThrowIfNull(fits);
        var report = await Reports.WaitAsync(
            r => r.Find(point) is { Quality: Quality.Good } value && fits(value.Value), cancellationToken, from);
        return report[point].Value;
    }

    /// <summary>Waits for a point to be reported with a quality.</summary>
    /// <param name="point">Its name.</param>
    /// <param name="quality">The quality.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <param name="from">Reports before this one are not looked at.</param>
    public Task<ReportedValues> WaitForQualityAsync(string point, Quality quality, CancellationToken cancellationToken, int from = 0) =>
        Reports.WaitAsync(r => r.Find(point)?.Quality == quality, cancellationToken, from);

    /// <summary>Waits for a presence to be said of a sub-device.</summary>
    /// <param name="device">The sub-device.</param>
    /// <param name="presence">The presence.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <param name="from">Changes before this one are not looked at.</param>
    public Task<PresenceChange> WaitForPresenceAsync(SubDevice device, Presence presence, CancellationToken cancellationToken,
        int from = 0) =>
        PresenceChanges.WaitAsync(c => c.Device == device && c.Presence == presence, cancellationToken, from);

    /// <summary>Changes a sub-device while the driver runs, as the gateway does: waits until the driver serves; the new one is known
    /// before the driver hears of it, the old one until it has.</summary>
    /// <remarks><see cref="Devices"/> stays what it was when the run began. One call after another.</remarks>
    /// <param name="driver">The driver.</param>
    /// <param name="change">What changes.</param>
    /// <param name="cancellationToken">Given to the driver.</param>
    /// <exception cref="ArgumentException">The gateway would not ask for this change: the sub-device as it was is not of this channel,
    /// the new one is already, or the two have not the same id.</exception>
    public async ValueTask ApplyAsync(ILiveDevices driver, DeviceChange change, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(driver);
        ArgumentNullException.ThrowIfNull(change);
        await Serving.WaitAsync(cancellationToken);
        lock (_gate)
        {
            CheckChange(change);
            if (change.After is { } after) _points.Add(after, after.Points);
        }

        await driver.ApplyAsync(change, cancellationToken);
        if (change.Before is not { } before) return;
        lock (_gate)
        {
            _points.Remove(before);
            _left.Add(before);
        }
    }

    /// <inheritdoc/>
    public void SetServing() => _serving.TrySetResult();

    /// <inheritdoc/>
    public void Describe(SubDevice device, IReadOnlyList<PointDefinition> points)
    {
        ArgumentNullException.ThrowIfNull(points);
        lock (_gate)
        {
            if (!IsHere(device)) return;
            if (points.Select(p => p.Name).Distinct(StringComparer.Ordinal).Count() != points.Count)
                throw new ArgumentException($"A point of {device} is there twice.", nameof(points));
            _points[device] = points;
        }
    }

    /// <inheritdoc/>
    public ValueTask ReportAsync(SubDevice device, ReadOnlyMemory<PointValue> values, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        DriverInput.Check(device, values.Span);
        lock (_gate)
        {
            if (!IsHere(device)) return ValueTask.CompletedTask;
            var points = _points[device];
            foreach (var value in values.Span)
                if (!points.Contains(value.Point))
                    throw new ArgumentException($"Point '{value.Point}' is not of {device}.", nameof(values));
        }

        if (!values.IsEmpty) Reports.Add(new ReportedValues { Device = device, Values = values.ToArray() });
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask ReportEventAsync(SubDevice device, DeviceEvent deviceEvent, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        ArgumentNullException.ThrowIfNull(deviceEvent);
        DriverInput.Check(device, deviceEvent);
        if (IsOfChannel(device)) Events.Add(new ReportedEvent(device, deviceEvent));
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public void SetPresence(SubDevice device, Presence presence, string? reason = null)
    {
        DriverInput.Check(device, presence);
        if (IsOfChannel(device)) PresenceChanges.Add(new PresenceChange(device, presence, reason));
    }

    /// <inheritdoc/>
    public void SetFirmwareVersion(SubDevice device, string version)
    {
        if (!FirmwareVersion.IsValid(version))
            throw new ArgumentException(
                $"'{version}' is no firmware version: expected 1 to {FirmwareVersion.MaxLength} of A-Z a-z 0-9 . _ -, beginning with a "
                    + "letter or digit.", nameof(version));
        if (IsOfChannel(device)) FirmwareVersions.Add((device, version));
    }

    /// <inheritdoc/>
    public void ReportDiscovered(DiscoveredDevice found)
    {
        ArgumentNullException.ThrowIfNull(found);
        if (found.Address.Length is 0 or > 128)
            throw new ArgumentException($"An address of {found.Address.Length} characters is none: expected 1 to 128.", nameof(found));
        Discovered.Add(found);
    }

    /// <inheritdoc/>
    public void RecordFrame(FrameDirection direction, ReadOnlySpan<byte> frame) =>
        Frames.Add(new RecordedFrame(direction, frame.ToArray()));

    /// <returns><see langword="false"/> where it is not any more: what is said of it has no effect.</returns>
    private bool IsOfChannel(SubDevice device)
    {
        lock (_gate) return IsHere(device);
    }

    private bool IsHere(SubDevice device)
    {
        if (_points.ContainsKey(device)) return true;
        if (_left.Contains(device)) return false;
        throw new ArgumentException($"{device} is not of channel '{Name}'.", nameof(device));
    }

    private void CheckChange(DeviceChange change)
    {
        if (change is { Before: null, After: null }) throw new ArgumentException("A change of nothing.", nameof(change));
        if (change.Before is { } before && !_points.ContainsKey(before))
            throw new ArgumentException($"{before} is not of channel '{Name}' in this instance.", nameof(change));
        if (change is { Before.Id: var old, After.Id: var now } && old != now)
            throw new ArgumentException($"{old} cannot become {now}: remove the one and add the other.", nameof(change));
        if (change is { Before: null, After: { } added } && _points.Keys.Any(device => device.Id == added.Id))
            throw new ArgumentException($"{added} is of channel '{Name}' already.", nameof(change));
    }
}
