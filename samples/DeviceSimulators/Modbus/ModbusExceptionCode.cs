namespace BridgeFramework.DeviceSimulators;

/// <summary>Why a slave refuses a request.</summary>
/// <remarks>Source: MODBUS Application Protocol V1.1b3, section 7.</remarks>
public enum ModbusExceptionCode : byte
{
    /// <summary>The slave does not know the function code.</summary>
    IllegalFunction = 0x01,

    /// <summary>An address of the range does not exist.</summary>
    IllegalDataAddress = 0x02,

    /// <summary>A field of the request is out of its range, the count included.</summary>
    IllegalDataValue = 0x03,

    /// <summary>The slave failed while it did what was asked.</summary>
    ServerDeviceFailure = 0x04,

    /// <summary>Accepted; it takes long. Nothing more follows.</summary>
    Acknowledge = 0x05,

    /// <summary>Busy: ask again later.</summary>
    ServerDeviceBusy = 0x06,

    /// <summary>A parity error in the slave's memory.</summary>
    MemoryParityError = 0x08,

    /// <summary>A gateway has no path to the unit.</summary>
    GatewayPathUnavailable = 0x0A,

    /// <summary>A gateway got no answer from the unit.</summary>
    GatewayTargetFailed = 0x0B,
}
