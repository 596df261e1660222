using BridgeFramework.Configuration;
using BridgeFramework.IotHub;
using Microsoft.Extensions.Logging;

namespace BridgeFramework.Runtime;

/// <summary>All that a gateway has of its hub, put together: the session, and what speaks over it.</summary>
internal sealed class GatewayHub : IAsyncDisposable
{
    // Three levels: product, device and the first of the custom topic.
    private const string AnyCommand = "+/+/#";
    private readonly HubInbox _commands;

    /// <param name="plan">What the gateway is to be.</param>
    /// <param name="options">How it reaches its hub.</param>
    /// <param name="time">The clock.</param>
    /// <param name="loggers">The log.</param>
    public GatewayHub(GatewayPlan plan, HubSessionOptions options, TimeProvider time, ILoggerFactory loggers)
    {
        Options = options;
        Session = new HubSession(options, time, loggers.CreateLogger<HubSession>());
        Operations = new GatewayOperations(
            Session,
            time,
            loggers.CreateLogger<GatewayOperations>(),
            new GatewayOperationsOptions { BatchSize = plan.Hub.OperationBatch, Acknowledgement = plan.Hub.ChangeAcknowledgement });
        _commands = Session.OpenInbox(AnyCommand);
        Binder = new SubDeviceBinder(Operations, HubAccess.RegistrarOf(plan, Session.Time));
        UpdateTopics = new UpdateSubscriptions(
            SubscriptionBudget.PlacesForFirmware([.. plan.SubDevices], plan.Hub.MaxSubscriptions),
            (topic, token) => Session.SubscribeAsync(topic, qos: 1, SubscriptionLifetime.Connection, token),
            Session.UnsubscribeAsync,
            time,
            loggers.CreateLogger<UpdateSubscriptions>());
        Link = new HubLink(Session, Operations, Binder, UpdateTopics);
    }

    /// <summary>How it reaches its hub.</summary>
    public HubSessionOptions Options { get; }

    public HubSession Session { get; }

    public GatewayOperations Operations { get; }

    public SubDeviceBinder Binder { get; }

    /// <summary>The update topics of its sub-devices.</summary>
    public UpdateSubscriptions UpdateTopics { get; }

    /// <summary>The hub in the engine's words.</summary>
    public HubLink Link { get; }

    /// <summary>What comes on the topics of commands.</summary>
    public HubInbox Commands => _commands;

    /// <summary>Whether a connection still stands. What came on another one is not to be carried out any more.</summary>
    public bool IsCurrent(int attempt) => Session.Status is { IsOnline: true } status && status.Attempt == attempt;

    /// <summary>Whether there was no other connection since.</summary>
    public bool IsNewest(int attempt) => attempt == Session.Status.Attempt;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _commands.Dispose();
        await Operations.DisposeAsync();
        await Session.DisposeAsync();
    }
}
