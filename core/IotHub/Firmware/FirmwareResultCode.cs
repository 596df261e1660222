namespace BridgeFramework.IotHub;

/// <summary>How an update that failed is reported to the hub.</summary>
/// <remarks>Source: Tencent Cloud IoT Hub documentation, firmware update of devices over MQTT.</remarks>
public enum FirmwareResultCode
{
    /// <summary>Nothing is wrong.</summary>
    Success = 0,

    /// <summary>The download timed out.</summary>
    TimedOut = -1,

    /// <summary>There is no such file.</summary>
    NotFound = -2,

    /// <summary>The signature of the address is not good any more.</summary>
    NotAuthorized = -3,

    /// <summary>The file is not the one that was announced.</summary>
    WrongDigest = -4,

    /// <summary>The update failed, for any other reason.</summary>
    UpdateFailed = -5,
}
