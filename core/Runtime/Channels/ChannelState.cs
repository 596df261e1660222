namespace BridgeFramework.Runtime;

/// <summary>What a channel is doing.</summary>
public enum ChannelState
{
    /// <summary>No plugin brings its driver: it waits for one.</summary>
    WaitingForDriver,

    /// <summary>Its driver runs and has not yet said that it works.</summary>
    Starting,

    /// <summary>Its driver works.</summary>
    Serving,

    /// <summary>Its driver failed and is run again after a while.</summary>
    BackingOff,

    /// <summary>It stands still while its plugin is replaced or its settings are changed. Commands wait, its sub-devices count as they
    /// did.</summary>
    Moving,

    /// <summary>It was told to stop.</summary>
    Stopped,
}
