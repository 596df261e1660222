namespace BridgeFramework.IotHub;

/// <summary>Where a session stands.</summary>
public enum HubSessionState
{
    /// <summary>Not running: not started yet, or stopped.</summary>
    Offline,

    /// <summary>Connecting, proving who we are, or making the remembered subscriptions again.</summary>
    Connecting,

    /// <summary>Connected and subscribed: publishes are taken.</summary>
    Online,

    /// <summary>Waiting before the next attempt.</summary>
    BackingOff,
}

internal enum HubSessionEvent
{
    Start,
    Ready,
    Failed,
    RetryDue,
    SettingsChanged,
    Stop,
}

internal static class HubSessionTransition
{
    public static HubSessionState Next(HubSessionState state, HubSessionEvent happened) => (state, happened) switch
    {
        (_, HubSessionEvent.Stop) => HubSessionState.Offline,
        (HubSessionState.Offline, HubSessionEvent.Start) => HubSessionState.Connecting,
        (HubSessionState.BackingOff, HubSessionEvent.RetryDue) => HubSessionState.Connecting,
        (not HubSessionState.Offline, HubSessionEvent.SettingsChanged) => HubSessionState.Connecting,
        (HubSessionState.Connecting, HubSessionEvent.Ready) => HubSessionState.Online,
        (HubSessionState.Connecting or HubSessionState.Online, HubSessionEvent.Failed) => HubSessionState.BackingOff,
        _ => state,
    };
}
