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

    /// <summary>Subscribe to its commands.</summary>
    Subscribe,

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

    public static CloudState Started(CloudAction action) => action switch
    {
        CloudAction.Bind => CloudState.Binding,
        CloudAction.BringOnline => CloudState.BringingOnline,
        CloudAction.TakeOffline => CloudState.TakingOffline,
        CloudAction.Subscribe or CloudAction.AnnounceVersion => CloudState.Online,
        _ => throw new ArgumentOutOfRangeException(nameof(action), action, "Doing nothing starts nothing."),
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

        (CloudState.Binding, CloudEvent.Failed) => CloudState.Unbound,
        (CloudState.BringingOnline or CloudState.TakingOffline, CloudEvent.Failed) => CloudState.Unknown,

        (CloudState.BringingOnline or CloudState.TakingOffline, CloudEvent.NotBound) => CloudState.Unbound,
        (CloudState.Binding or CloudState.BringingOnline or CloudState.TakingOffline, CloudEvent.Refused or CloudEvent.NotBound) =>
            CloudState.Refused,
        _ => state,
    };

    /// <summary>Whether an answer is awaited.</summary>
    public static bool IsUnderWay(CloudState state) => state is CloudState.Binding or CloudState.BringingOnline or CloudState.TakingOffline;
}
