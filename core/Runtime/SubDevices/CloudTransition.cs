namespace BridgeFramework.Runtime;

/// <summary>Where the channel wants a sub-device at the hub.</summary>
internal enum CloudGoal
{
    /// <summary>It does not say: leave it as it is.</summary>
    AsItIs,
    Online,
    Offline,
}

/// <summary>What the gateway does about a sub-device next.</summary>
internal enum CloudAction
{
    Nothing,
    Bind,
    BringOnline,
    TakeOffline,
    Unbind,

    /// <summary>Subscribe to its commands.</summary>
    Subscribe,

    /// <summary>End a subscription that nobody needs any more.</summary>
    Unsubscribe,

    /// <summary>Announce which firmware it runs.</summary>
    AnnounceVersion,
}

/// <summary>What happened to a sub-device at the hub.</summary>
internal enum CloudEvent
{
    /// <summary>The action that was under way was accepted.</summary>
    Accepted,

    /// <summary>The hub answered "not bound".</summary>
    NotBound,

    /// <summary>The hub refused for good.</summary>
    Refused,

    /// <summary>No answer, or one that may be another tomorrow.</summary>
    Failed,

    /// <summary>The connection is gone; what was known of the hub is not known any more.</summary>
    SessionLost,

    /// <summary>The hub says that it was bound there.</summary>
    BoundThere,

    /// <summary>The hub says that it was unbound there.</summary>
    UnboundThere,

    /// <summary>What the hub answered was long ago; what stood in the way may be gone.</summary>
    Aged,
}

/// <summary>The states of a sub-device at the hub: what to do in each, and where each event leads. Pure.</summary>
internal static class CloudTransition
{
    /// <param name="state">Where it is.</param>
    /// <param name="goal">Where it should be.</param>
    /// <param name="mayBind">Whether a secret is there, and it is not a person's to bind it again.</param>
    /// <param name="isDeaf">Whether it is to be subscribed to, and is not yet.</param>
    /// <param name="isVersionUntold">Whether there is a firmware version that the hub was not told on this connection.</param>
    public static CloudAction Decide(CloudState state, CloudGoal goal, bool mayBind, bool isDeaf, bool isVersionUntold) =>
        (state, goal) switch
        {
            (CloudState.Unknown or CloudState.Bound or CloudState.Offline, CloudGoal.Online) => CloudAction.BringOnline,
            (CloudState.Unbound, CloudGoal.Online) when mayBind => CloudAction.Bind,
            (CloudState.Online, CloudGoal.Online) when isDeaf => CloudAction.Subscribe,
            (CloudState.Online, CloudGoal.Online) when isVersionUntold => CloudAction.AnnounceVersion,
            // The hub remembers "online" over a lost connection: after one it is told, even where we never said so ourselves.
            (CloudState.Unknown or CloudState.Online, CloudGoal.Offline) => CloudAction.TakeOffline,
            _ => CloudAction.Nothing,
        };

    /// <summary>What to do about one that is to part from the gateway.</summary>
    /// <param name="state">Where it is.</param>
    /// <param name="unbinds">Whether it is to be unbound, too.</param>
    public static CloudAction DecideParting(CloudState state, bool unbinds) => state switch
    {
        // "Bound" is what its people said, and they do not know whether an online of ours that nobody answered has arrived.
        CloudState.Unknown or CloudState.Online or CloudState.Bound => CloudAction.TakeOffline,
        CloudState.Offline when unbinds => CloudAction.Unbind,
        _ => CloudAction.Nothing,
    };

    public static CloudState Started(CloudAction action) => action switch
    {
        CloudAction.Bind => CloudState.Binding,
        CloudAction.BringOnline => CloudState.BringingOnline,
        CloudAction.TakeOffline => CloudState.TakingOffline,
        CloudAction.Unbind => CloudState.Unbinding,
        CloudAction.Subscribe or CloudAction.AnnounceVersion => CloudState.Online,
        _ => throw new ArgumentOutOfRangeException(nameof(action), action, "It starts nothing for a sub-device."),
    };

    public static CloudState Next(CloudState state, CloudEvent happened) => (state, happened) switch
    {
        (_, CloudEvent.SessionLost) => CloudState.Unknown,
        (_, CloudEvent.UnboundThere) => CloudState.Unbound,
        // Whether it is online there is known better by what is under way, or was answered already.
        (CloudState.Unknown or CloudState.Unbound or CloudState.Refused, CloudEvent.BoundThere) => CloudState.Bound,

        (CloudState.Unbound or CloudState.Refused, CloudEvent.Aged) => CloudState.Unknown,

        (CloudState.Binding, CloudEvent.Accepted) => CloudState.Bound,
        (CloudState.BringingOnline, CloudEvent.Accepted) => CloudState.Online,
        (CloudState.TakingOffline, CloudEvent.Accepted) => CloudState.Offline,
        (CloudState.Unbinding, CloudEvent.Accepted or CloudEvent.NotBound) => CloudState.Unbound,

        (CloudState.Binding, CloudEvent.Failed) => CloudState.Unbound,
        (CloudState.BringingOnline or CloudState.TakingOffline, CloudEvent.Failed) => CloudState.Unknown,
        (CloudState.Unbinding, CloudEvent.Failed) => CloudState.Offline, // at least: it is asked again

        (CloudState.BringingOnline or CloudState.TakingOffline, CloudEvent.NotBound) => CloudState.Unbound,
        (CloudState.Binding or CloudState.BringingOnline or CloudState.TakingOffline, CloudEvent.Refused or CloudEvent.NotBound) =>
            CloudState.Refused,
        (CloudState.Unbinding, CloudEvent.Refused) => CloudState.Refused,
        _ => state,
    };

    /// <summary>Whether an answer is awaited.</summary>
    public static bool IsUnderWay(CloudState state) =>
        state is CloudState.Binding or CloudState.BringingOnline or CloudState.TakingOffline or CloudState.Unbinding;
}
