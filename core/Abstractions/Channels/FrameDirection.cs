namespace BridgeFramework;

/// <summary>Which way a frame went on the wire.</summary>
public enum FrameDirection
{
    /// <summary>From the gateway to the device.</summary>
    Sent,

    /// <summary>From the device to the gateway.</summary>
    Received,
}
