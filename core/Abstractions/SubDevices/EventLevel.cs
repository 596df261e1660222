namespace BridgeFramework;

/// <summary>How grave an event is.</summary>
/// <remarks>Source: Tencent Cloud IoT Explorer documentation, data template events: info, alert, fault.</remarks>
public enum EventLevel
{
    /// <summary>Worth knowing.</summary>
    Info,

    /// <summary>Worth a look.</summary>
    Alert,

    /// <summary>Something is broken.</summary>
    Fault,
}
