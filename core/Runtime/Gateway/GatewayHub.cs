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
            OperationsOf(plan));
        _commands = Session.OpenInbox(AnyCommand);
        Binder = new SubDeviceBinder(Operations, HubAccess.RegistrationOf(plan).With(Session.Time));
        UpdateTopics = new UpdateSubscriptions(
            SubscriptionBudget.PlacesForFirmware([.. plan.SubDevices], plan.Hub.MaxSubscriptions),
            (topic, token) => Session.SubscribeAsync(topic, qos: 1, SubscriptionLifetime.Connection, token),
            Session.UnsubscribeAsync,
            time,
            loggers.CreateLogger<UpdateSubscriptions>());
        Link = new HubLink(Session, Operations, Binder, UpdateTopics);
    }

    /// <summary>How it reaches its hub.</summary>
    public HubSessionOptions Options { get; private set; }

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

    /// <summary>Goes by another plan from now on: connects anew if a connection depends on what differs, else not.</summary>
    /// <param name="plan">What the gateway is to be.</param>
    /// <param name="options">How it reaches its hub.</param>
    /// <returns>Completes before a new connection stands.</returns>
    /// <exception cref="ArgumentException">The options are out of range or of another gateway: nothing has changed.</exception>
    public async Task ApplyAsync(GatewayPlan plan, HubSessionOptions options)
    {
        await Session.ApplyAsync(options); // first: it may refuse
        Options = options;
        Operations.Apply(OperationsOf(plan));
        Binder.Registrar = HubAccess.RegistrationOf(plan).With(Session.Time);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _commands.Dispose();
        await Operations.DisposeAsync();
        await Session.DisposeAsync();
    }

    private static GatewayOperationsOptions OperationsOf(GatewayPlan plan) =>
        new() { BatchSize = plan.Hub.OperationBatch, Acknowledgement = plan.Hub.ChangeAcknowledgement };
}
