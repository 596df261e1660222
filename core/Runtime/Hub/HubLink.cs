using BridgeFramework.IotHub;

namespace BridgeFramework.Runtime;

/// <summary>The hub as the engine sees it: sub-devices in the engine's words, failures as answers.</summary>
internal sealed class HubLink(HubSession session, GatewayOperations operations) : ISubDeviceOperations, IUplinkPublisher
{
    public Task PublishAsync(string topic, ReadOnlyMemory<byte> payload, PublishPriority priority, CancellationToken cancellationToken) =>
        session.PublishAsync(new HubPublish { Topic = topic, Payload = payload, Priority = priority }, cancellationToken);

    public async Task<CloudAnswer> ExecuteAsync(CloudAction action, SubDeviceConfiguration device, CancellationToken cancellationToken)
    {
        var identity = new DeviceIdentity(device.Id.ProductId, device.Id.DeviceName);
        try
        {
            switch (action)
            {
                case CloudAction.Bind when device.Secret is { } secret:
                    await operations.BindAsync(identity, new DeviceSecret(secret.Reveal()), cancellationToken);
                    break;
                case CloudAction.BringOnline:
                    await operations.OnlineAsync(identity, cancellationToken);
                    return await SubscribeAsync(device, cancellationToken);
                case CloudAction.TakeOffline:
                    await operations.OfflineAsync(identity, cancellationToken);
                    break;
                default:
                    throw new ArgumentOutOfRangeException(nameof(action), action, "There is nothing to ask the hub.");
            }

            return new CloudAnswer(CloudEvent.Accepted);
        }
        catch (GatewayOperationException exception)
        {
            return new CloudAnswer(EventOf(exception), exception.Message);
        }
        catch (Exception exception) when (exception is HubOfflineException or TimeoutException)
        {
            return new CloudAnswer(CloudEvent.Failed, exception.Message);
        }
        catch (FormatException exception)
        {
            return new CloudAnswer(CloudEvent.Refused, $"The 'secret' of {device.Id} is not usable: {exception.Message}");
        }
    }

    /// <summary>Commands can only come for a sub-device that is online; what is refused here does not take it offline again.</summary>
    private async Task<CloudAnswer> SubscribeAsync(SubDeviceConfiguration device, CancellationToken cancellationToken)
    {
        if (device.Points.Count > 0 && device.Points.All(point => point.Access == PointAccess.Read)) return new CloudAnswer(CloudEvent.Accepted);
        try
        {
            await session.SubscribeAsync(CommandRouter.TopicOf(device), qos: 1, SubscriptionLifetime.Connection, cancellationToken);
            return new CloudAnswer(CloudEvent.Accepted);
        }
        catch (SubscriptionRefusedException exception)
        {
            return new CloudAnswer(CloudEvent.Accepted, $"Online, but commands will not arrive: {exception.Message}");
        }
    }

    private static CloudEvent EventOf(GatewayOperationException exception)
    {
        if (exception.Code == GatewayResultCode.NotBound) return CloudEvent.NotBound;
        return exception.IsTransient ? CloudEvent.Failed : CloudEvent.Refused;
    }
}
