namespace BridgeFramework.IotHubEmulator;

/// <summary>What an operator does with devices: sends to them, binds and unbinds them, has gateways look for others.</summary>
internal sealed class DeviceAdministration(DeviceRegistry registry, HubBroker broker)
{
    /// <summary>Deletes a device; a gateway loses its connection and its bindings.</summary>
    /// <exception cref="HubRefusedException">There is no such device.</exception>
    public async Task RemoveAsync(HubDeviceId device)
    {
        await broker.DisconnectAsync(device);
        if (!registry.Remove(device)) throw HubRefusedException.Unknown(device);
    }

    /// <summary>Sends a message to a device on one of its custom topics, to the connection of its gateway.</summary>
    /// <exception cref="HubRefusedException">It is unknown, not reachable or not subscribed, or a value is out of range.</exception>
    public async Task SendAsync(HubDeviceId device, ReadOnlyMemory<byte> payload, string suffix, int qos)
    {
        var status = registry.FindStatus(device) ?? throw HubRefusedException.Unknown(device);
        string topic = $"{device}/{suffix}";
        if (qos is not (0 or 1) || payload.Length > BrokerPolicy.MaxPayloadBytes || !IsCustomTopic(topic, suffix))
        {
            throw new HubRefusedException(
                HubRefusal.BadRequest,
                $"Nothing can be sent to '{topic}' with QoS {qos} and {payload.Length} bytes: "
                + $"QoS is 0 or 1, a payload has at most {BrokerPolicy.MaxPayloadBytes} bytes, a topic no wildcards.");
        }

        if (!status.Connected) throw new HubRefusedException(HubRefusal.WrongState, NotReachable(status));
        if (!await broker.PublishAsync(topic, payload, qos))
            throw new HubRefusedException(HubRefusal.WrongState, $"{device} is connected, but nobody is subscribed to {topic}.");
    }

    /// <summary>Binds a sub-device and tells the gateway with <c>change</c>, if it is connected.</summary>
    /// <exception cref="HubRefusedException">A device is unknown, of the wrong kind, or bound already.</exception>
    public async Task BindAsync(HubDeviceId gateway, HubDeviceId subDevice)
    {
        RequireGateway(gateway);
        int result = registry.Bind(gateway, subDevice);
        if (result == ResultCode.UnknownDevice) throw HubRefusedException.Unknown(subDevice);
        if (result != ResultCode.Success)
        {
            throw new HubRefusedException(
                HubRefusal.WrongState,
                $"{subDevice} cannot be bound to {gateway} (result {result}): it is bound already or no sub-device.");
        }

        await TellAsync(gateway, GatewayAnswer.Change(subDevice, bound: true));
    }

    /// <summary>Unbinds a sub-device and tells the gateway with <c>change</c>, if it is connected.</summary>
    /// <exception cref="HubRefusedException">A device is unknown, or they are not bound.</exception>
    public async Task UnbindAsync(HubDeviceId gateway, HubDeviceId subDevice)
    {
        RequireGateway(gateway);
        int result = registry.Unbind(gateway, subDevice);
        if (result == ResultCode.UnknownDevice) throw HubRefusedException.Unknown(subDevice);
        if (result != ResultCode.Success)
            throw new HubRefusedException(HubRefusal.WrongState, $"{subDevice} is not bound to {gateway}.");
        await TellAsync(gateway, GatewayAnswer.Change(subDevice, bound: false));
    }

    /// <summary>Unbinds all sub-devices of a gateway and tells it with one <c>unbind_all</c>.</summary>
    /// <exception cref="HubRefusedException">There is no such gateway.</exception>
    public async Task UnbindAllAsync(HubDeviceId gateway)
    {
        RequireGateway(gateway);
        foreach (var subDevice in registry.BoundTo(gateway)) registry.Unbind(gateway, subDevice);
        await TellAsync(gateway, GatewayAnswer.UnbindAll());
    }

    /// <summary>Asks a gateway to start or stop looking for sub-devices.</summary>
    /// <exception cref="HubRefusedException">There is no such gateway, or it is not connected and subscribed.</exception>
    public async Task SearchAsync(HubDeviceId gateway, bool start)
    {
        RequireGateway(gateway);
        if (registry.FindConnection(gateway) is null || !await TellAsync(gateway, GatewayAnswer.SearchDevices(start)))
            throw new HubRefusedException(HubRefusal.WrongState, $"Gateway {gateway} is not connected and subscribed to its result topic.");
    }

    /// <summary>Publishes any bytes on a gateway's result topic.</summary>
    /// <returns>Whether it was subscribed.</returns>
    public Task<bool> TellAsync(HubDeviceId gateway, ReadOnlyMemory<byte> payload) =>
        broker.PublishAsync(GatewayAnswer.Topic(gateway), payload);

    /// <summary>Completes when <paramref name="predicate"/> holds for a device, now or later.</summary>
    /// <exception cref="HubRefusedException">There is no such device.</exception>
    public Task<HubDeviceStatus> WaitForAsync(
        HubDeviceId device, Func<HubDeviceStatus, bool> predicate, CancellationToken cancellationToken)
    {
        return registry.Changed.FirstAsync(Look, cancellationToken);

        HubDeviceStatus? Look()
        {
            var status = registry.FindStatus(device) ?? throw HubRefusedException.Unknown(device);
            return predicate(status) ? status : null;
        }
    }

    private static bool IsCustomTopic(string topic, string suffix) =>
        TopicPermissions.Read(topic) is { } permission
        && !(permission.Access is TopicAccess.Subscribe && suffix.AsSpan().ContainsAny('+', '#'));

    private void RequireGateway(HubDeviceId gateway)
    {
        if (registry.FindDevice(gateway)?.Kind is not HubDeviceKind.Gateway) throw HubRefusedException.Unknown(gateway);
    }

    private string NotReachable(HubDeviceStatus status) => status switch
    {
        { Kind: HubDeviceKind.Gateway } => $"Gateway {status.Id} is not connected.",
        { BoundTo: null } => $"Sub-device {status.Id} is not bound to a gateway.",
        { BoundTo: { } gateway } when registry.FindConnection(gateway) is null =>
            $"Sub-device {status.Id} is not reachable: its gateway {gateway} is not connected.",
        _ => $"Sub-device {status.Id} is offline.",
    };
}
