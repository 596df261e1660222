namespace BridgeFramework.IotHubEmulator;

/// <summary>The devices of one hub, who is bound to whom, who is online. Safe from any thread.</summary>
internal sealed class DeviceRegistry
{
    private readonly Lock _lock = new();
    private readonly SortedDictionary<HubDeviceId, Entry> _entries = [];
    private readonly Dictionary<string, Entry> _byClientId = new(StringComparer.Ordinal);

    /// <summary>Raised at each change of a device.</summary>
    public ChangeSignal Changed { get; } = new();

    /// <exception cref="ArgumentException">The identity is malformed or taken, the secret is no base64, or
    /// the gateway is unknown.</exception>
    public void Add(EmulatedDevice device)
    {
        var id = device.Id;
        if (!id.IsWellFormed)
            throw new ArgumentException($"'{id}' is no device identity: a product id has 1 to 10 letters or digits, a device name 1 to "
                + "48 of letters, digits, ':', '_', '-'.", nameof(device));
        if (device.Kind is HubDeviceKind.Gateway && !IsKey(device.DeviceSecret))
            throw new ArgumentException($"The device secret of gateway {id} is not base64 text.", nameof(device));
        lock (_lock)
        {
            if (_byClientId.TryGetValue(id.ClientId, out var other))
                throw new ArgumentException(
                    $"{id} would have the client id {id.ClientId}, which {other.Device.Id} has already.", nameof(device));
            if (device.BoundTo is { } gateway
                && (device.Kind is HubDeviceKind.Gateway || Find(gateway)?.Device.Kind is not HubDeviceKind.Gateway))
                throw new ArgumentException($"{id} cannot be bound to {gateway}: only a sub-device can be bound, and only to a gateway "
                    + "that exists.", nameof(device));
            var entry = new Entry(device) { BoundTo = device.BoundTo };
            _entries.Add(id, entry);
            _byClientId.Add(id.ClientId, entry);
        }

        Changed.Raise();
    }

    /// <summary>Removes a device and, for a gateway, the bindings to it.</summary>
    public bool Remove(HubDeviceId id)
    {
        lock (_lock)
        {
            if (Find(id) is not { } removed) return false;
            _entries.Remove(id);
            _byClientId.Remove(id.ClientId);
            removed.Connection?.Dispose();
            foreach (var entry in _entries.Values.Where(entry => entry.BoundTo == id)) entry.Unbind();
        }

        Changed.Raise();
        return true;
    }

    public EmulatedDevice? FindByClientId(string clientId)
    {
        lock (_lock) return _byClientId.GetValueOrDefault(clientId)?.Device;
    }

    public EmulatedDevice? FindDevice(HubDeviceId id)
    {
        lock (_lock) return Find(id)?.Device;
    }

    /// <summary>Whether <paramref name="gateway"/> may speak for <paramref name="device"/>: itself or bound to it.</summary>
    public bool SpeaksFor(HubDeviceId gateway, HubDeviceId device, bool onlineOnly = false)
    {
        if (gateway == device) return true;
        lock (_lock) return Find(device) is { } entry && entry.BoundTo == gateway && (entry.Online || !onlineOnly);
    }

    public IReadOnlyList<HubDeviceId> BoundTo(HubDeviceId gateway)
    {
        lock (_lock) return [.. _entries.Values.Where(entry => entry.BoundTo == gateway).Select(entry => entry.Device.Id)];
    }

    /// <summary>Brings a bound sub-device online or takes it offline.</summary>
    public int SetOnline(HubDeviceId gateway, HubDeviceId subDevice, bool online)
    {
        lock (_lock)
        {
            if (Find(subDevice) is not { } entry) return ResultCode.UnknownDevice;
            if (entry.BoundTo != gateway) return ResultCode.NotBound;
            entry.Online = online;
            entry.IsActivated |= online;
        }

        Changed.Raise();
        return ResultCode.Success;
    }

    public int Bind(HubDeviceId gateway, HubDeviceId subDevice)
    {
        lock (_lock)
        {
            if (Find(subDevice) is not { } entry) return ResultCode.UnknownDevice;
            if (entry.BoundTo is { } other && other != gateway) return ResultCode.BoundElsewhere;
            if (entry.Device.Kind is not HubDeviceKind.SubDevice) return ResultCode.NotASubDevice;
            if (entry.BoundTo == gateway) return ResultCode.AlreadyBound;
            entry.BoundTo = gateway;
        }

        Changed.Raise();
        return ResultCode.Success;
    }

    public int Unbind(HubDeviceId gateway, HubDeviceId subDevice)
    {
        lock (_lock)
        {
            if (Find(subDevice) is not { } entry) return ResultCode.UnknownDevice;
            if (entry.BoundTo != gateway) return ResultCode.NotBound;
            entry.Unbind();
        }

        Changed.Raise();
        return ResultCode.Success;
    }

    public void SetFirmwareVersion(HubDeviceId device, string version)
    {
        lock (_lock)
        {
            if (Find(device) is not { } entry) return;
            entry.FirmwareVersion = version;
        }

        Changed.Raise();
    }

    public void SetConnection(HubConnection connection)
    {
        lock (_lock)
        {
            if (Find(connection.Gateway) is not { } entry) return;
            entry.Connection?.Dispose();
            entry.Connection = connection;
            entry.IsActivated = true;
        }

        Changed.Raise();
    }

    /// <summary>Forgets the connection, unless a newer one has taken its place already.</summary>
    public void EndConnection(HubConnection connection, bool forgetOnline)
    {
        lock (_lock)
        {
            if (Find(connection.Gateway) is not { } entry || entry.Connection != connection) return;
            entry.Connection.Dispose();
            entry.Connection = null;
            if (forgetOnline)
                foreach (var bound in _entries.Values.Where(other => other.BoundTo == connection.Gateway)) bound.Online = false;
        }

        Changed.Raise();
    }

    /// <summary>Whether a device has ever been connected; its secret is not given away any more then.</summary>
    public bool IsActivated(HubDeviceId id)
    {
        lock (_lock) return Find(id)?.IsActivated == true;
    }

    public HubConnection? FindConnection(HubDeviceId gateway)
    {
        lock (_lock) return Find(gateway)?.Connection;
    }

    public IReadOnlyList<HubConnection> Connections()
    {
        lock (_lock) return [.. _entries.Values.Select(entry => entry.Connection).OfType<HubConnection>()];
    }

    public HubDeviceStatus? FindStatus(HubDeviceId id)
    {
        lock (_lock) return Find(id) is { } entry ? StatusOf(entry) : null;
    }

    public IReadOnlyList<HubDeviceStatus> Snapshot()
    {
        lock (_lock) return [.. _entries.Values.Select(StatusOf)];
    }

    private static bool IsKey(string secret) =>
        secret.Length > 0 && Convert.TryFromBase64String(secret, new byte[secret.Length], out int length) && length > 0;

    private Entry? Find(HubDeviceId id) => _entries.GetValueOrDefault(id);

    private HubDeviceStatus StatusOf(Entry entry)
    {
        bool connected = entry.Connection is not null;
        if (entry.Device.Kind is HubDeviceKind.SubDevice)
            connected = entry.Online && entry.BoundTo is { } gateway && Find(gateway)?.Connection is not null;
        return new HubDeviceStatus
        {
            Id = entry.Device.Id,
            Kind = entry.Device.Kind,
            BoundTo = entry.BoundTo,
            Online = entry.Device.Kind is HubDeviceKind.Gateway ? connected : entry.Online,
            Connected = connected,
            FirmwareVersion = entry.FirmwareVersion,
        };
    }

    private sealed class Entry(EmulatedDevice device)
    {
        public EmulatedDevice Device { get; } = device;
        public HubDeviceId? BoundTo { get; set; }
        public bool Online { get; set; }
        public string? FirmwareVersion { get; set; }
        public HubConnection? Connection { get; set; }
        public bool IsActivated { get; set; }

        public void Unbind() => (BoundTo, Online) = (null, false);
    }
}
