using BridgeFramework.Configuration;
using BridgeFramework.IotHub;

namespace BridgeFramework.Runtime;

/// <summary>The hub as the engine sees it: sub-devices in the engine's words, failures as answers.</summary>
internal sealed class HubLink(HubSession session, GatewayOperations operations, SubDeviceBinder binder,
    UpdateSubscriptions updates) : ISubDeviceOperations, IUplinkPublisher, IReplyPublisher
{
    public Task PublishAsync(string topic, ReadOnlyMemory<byte> payload, PublishPriority priority, CancellationToken cancellationToken) =>
        session.PublishAsync(new HubPublish { Topic = topic, Payload = payload, Priority = priority }, cancellationToken);

    public Task<bool> PublishNextAsync(Func<HubPublish?> make, PublishPriority priority, CancellationToken cancellationToken) =>
        session.PublishNextAsync(priority, make, cancellationToken);

    public async Task<CloudAnswer> ExecuteAsync(CloudAction action, SubDevicePlan device, CancellationToken cancellationToken)
    {
        var identity = new DeviceIdentity(device.Id.ProductId, device.Id.DeviceName);
        try
        {
            switch (action)
            {
                case CloudAction.Bind:
                    await binder.BindAsync(device, cancellationToken);
                    break;
                case CloudAction.BringOnline:
                    await operations.OnlineAsync(identity, cancellationToken);
                    break;
                case CloudAction.TakeOffline:
                    await operations.OfflineAsync(identity, cancellationToken);
                    break;
                case CloudAction.Unbind:
                    await operations.UnbindAsync(identity, cancellationToken);
                    break;
                case CloudAction.Unsubscribe:
                    await session.UnsubscribeAsync(CommandTopics.CommandsOf(device), cancellationToken);
                    break;
                case CloudAction.Subscribe:
                    await session.SubscribeAsync(
                        CommandTopics.CommandsOf(device), qos: 1, SubscriptionLifetime.Connection, cancellationToken);
                    break;
                default:
                    throw new ArgumentOutOfRangeException(nameof(action), action, "There is nothing to ask the hub.");
            }

            return new CloudAnswer(CloudEvent.Accepted);
        }
        catch (GatewayOperationException exception)
        {
            return new CloudAnswer(ResultCodeReaction.To(exception.Code), exception.Message);
        }
        catch (Exception exception) when (exception is HubOfflineException or TimeoutException)
        {
            return new CloudAnswer(CloudEvent.Failed, exception.Message);
        }
        catch (Exception exception) when (exception is SubscriptionRefusedException or OrderNotPossibleException)
        {
            return new CloudAnswer(CloudEvent.Refused, exception.Message);
        }
    }

    public async Task<HubList?> ListAsync(CancellationToken cancellationToken)
    {
        try
        {
            return HubList.Of(await operations.DescribeAsync(cancellationToken));
        }
        catch (Exception exception) when (exception is HubOfflineException or TimeoutException or GatewayOperationException)
        {
            return null;
        }
    }

    public async Task<CloudAnswer> AnnounceVersionAsync(SubDeviceId device, string version, CancellationToken cancellationToken)
    {
        try
        {
            await updates.EnsureAsync(device, cancellationToken); // what the hub wants comes with its answer
            await session.PublishAsync(
                FirmwareUplink.Version(new DeviceIdentity(device.ProductId, device.DeviceName), version), cancellationToken);
            return new CloudAnswer(CloudEvent.Accepted);
        }
        catch (Exception exception) when (exception is HubOfflineException or TimeoutException)
        {
            return new CloudAnswer(CloudEvent.Failed, exception.Message);
        }
    }
}
