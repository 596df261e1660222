namespace BridgeFramework.IotHubEmulator;

/// <content>What an operator does in the console of the hub, and what a test wants to know or break.</content>
public sealed partial class HubEmulator
{
    /// <summary>The faults still to strike.</summary>
    public IReadOnlyList<HubFault> Faults => _faults.Pending;

    /// <summary>Creates a device.</summary>
    /// <exception cref="ArgumentException">It is malformed, there already, or bound to no gateway.</exception>
    public void AddDevice(EmulatedDevice device) => _registry.Add(device);

    /// <summary>Deletes a device; a gateway loses its connection and its bindings. To change a secret, delete and add.</summary>
    /// <exception cref="HubRefusedException">There is no such device.</exception>
    public Task RemoveDeviceAsync(HubDeviceId device) => _administration.RemoveAsync(device);

    /// <summary>Sends a message to a device on one of its custom topics, to the connection of its gateway.</summary>
    /// <param name="device">A connected gateway, or a sub-device that is online and whose gateway is connected.</param>
    /// <param name="payload">At most 16 KB.</param>
    /// <param name="suffix">What follows <c>productId/deviceName/</c> in the topic.</param>
    /// <param name="qos">0 or 1; the device gets it with the lower of this and what it subscribed with.</param>
    /// <exception cref="HubRefusedException">The device is unknown, not reachable or not subscribed.</exception>
    public Task SendAsync(HubDeviceId device, ReadOnlyMemory<byte> payload, string suffix = "control", int qos = 1) =>
        _administration.SendAsync(device, payload, suffix, qos);

    /// <summary>Binds a sub-device from the console and tells the gateway with <c>change</c>, if it is connected.</summary>
    /// <exception cref="HubRefusedException">A device is unknown, of the wrong kind, or bound already.</exception>
    public Task BindAsync(HubDeviceId gateway, HubDeviceId subDevice) => _administration.BindAsync(gateway, subDevice);

    /// <summary>Unbinds a sub-device from the console and tells the gateway with <c>change</c>, if it is connected.</summary>
    /// <exception cref="HubRefusedException">A device is unknown, or they are not bound.</exception>
    public Task UnbindAsync(HubDeviceId gateway, HubDeviceId subDevice) => _administration.UnbindAsync(gateway, subDevice);

    /// <summary>Unbinds all sub-devices of a gateway and tells it with one <c>unbind_all</c>.</summary>
    /// <exception cref="HubRefusedException">There is no such gateway.</exception>
    public Task UnbindAllAsync(HubDeviceId gateway) => _administration.UnbindAllAsync(gateway);

    /// <summary>Asks a gateway to start or stop looking for sub-devices (<c>search_devices</c>).</summary>
    /// <exception cref="HubRefusedException">There is no such gateway, or it is not connected and subscribed.</exception>
    public Task SearchDevicesAsync(HubDeviceId gateway, bool start) => _administration.SearchAsync(gateway, start);

    /// <summary>Publishes any bytes on a gateway's result topic: late, foreign or made-up answers.</summary>
    /// <returns>Whether it was subscribed.</returns>
    public Task<bool> TellAsync(HubDeviceId gateway, ReadOnlyMemory<byte> payload) => _administration.TellAsync(gateway, payload);

    /// <summary>Closes a gateway's connection.</summary>
    /// <returns>Whether there was one.</returns>
    public Task<bool> DisconnectAsync(HubDeviceId gateway) => _broker.DisconnectAsync(gateway);

    /// <summary>Lets a fault strike the next matching requests, after those already waiting.</summary>
    /// <exception cref="ArgumentException">A value is out of range, or there are 1000 faults already.</exception>
    public void InjectFault(HubFault fault) => _faults.Add(fault);

    /// <summary>Forgets the faults still to strike.</summary>
    public void ClearFaults() => _faults.Clear();

    /// <summary>For <paramref name="duration"/> the hub reads and writes nothing, while connections stay open and new ones wait.</summary>
    public void Freeze(TimeSpan duration) => _faults.Freeze(duration);

    /// <summary>The messages kept with a sequence number above <paramref name="since"/>, oldest first.</summary>
    /// <param name="productId">Only of this product, or of all.</param>
    /// <param name="deviceName">Only of devices with this name, or of all.</param>
    /// <param name="since">0 for all.</param>
    public IReadOnlyList<ReceivedMessage> GetMessages(string? productId = null, string? deviceName = null, long since = 0) =>
        _record.MessagesOf(productId, deviceName, since);

    /// <summary>The messages kept above <paramref name="since"/>, then each new one until cancelled.</summary>
    public IAsyncEnumerable<ReceivedMessage> WatchMessagesAsync(long since = 0, CancellationToken cancellationToken = default) =>
        _record.Messages.WatchAsync(since, cancellationToken);

    /// <summary>The first message above <paramref name="since"/> that satisfies <paramref name="predicate"/>,
    /// kept or still to come.</summary>
    public Task<ReceivedMessage> WaitForMessageAsync(Func<ReceivedMessage, bool> predicate, CancellationToken cancellationToken,
        long since = 0) =>
        _record.Messages.FirstAsync(predicate, since, cancellationToken);

    /// <summary>The packets kept with a sequence number above <paramref name="since"/>, oldest first.</summary>
    public IReadOnlyList<TranscriptEntry> GetTranscript(long since = 0) => _record.Transcript.After(since);

    /// <summary>The packets kept above <paramref name="since"/>, then each new one until cancelled.</summary>
    public IAsyncEnumerable<TranscriptEntry> WatchTranscriptAsync(long since = 0, CancellationToken cancellationToken = default) =>
        _record.Transcript.WatchAsync(since, cancellationToken);

    /// <summary>The first packet above <paramref name="since"/> that satisfies <paramref name="predicate"/>,
    /// kept or still to come.</summary>
    public Task<TranscriptEntry> WaitForPacketAsync(Func<TranscriptEntry, bool> predicate, CancellationToken cancellationToken,
        long since = 0) =>
        _record.Transcript.FirstAsync(predicate, since, cancellationToken);

    /// <summary>Completes when <paramref name="predicate"/> holds for a device, now or later.</summary>
    /// <exception cref="HubRefusedException">There is no such device.</exception>
    public Task<HubDeviceStatus> WaitForDeviceAsync(
        HubDeviceId device, Func<HubDeviceStatus, bool> predicate, CancellationToken cancellationToken) =>
        _administration.WaitForAsync(device, predicate, cancellationToken);
}
