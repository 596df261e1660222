using System.Globalization;

namespace BridgeFramework.Modbus;

/// <summary>Why a unit, or the gateway before it, said no.</summary>
/// <remarks>Source: MODBUS Application Protocol V1.1b3, section 7.</remarks>
internal enum ExceptionCode : byte
{
    IllegalFunction = 0x01,
    IllegalDataAddress = 0x02,
    IllegalDataValue = 0x03,
    ServerDeviceFailure = 0x04,
    Acknowledge = 0x05,
    ServerDeviceBusy = 0x06,
    NegativeAcknowledge = 0x07,
    MemoryParityError = 0x08,
    GatewayPathUnavailable = 0x0A,
    GatewayTargetFailedToRespond = 0x0B,
}

internal static class ExceptionCodes
{
    /// <summary>Whether it says that the unit behind a gateway did not answer.</summary>
    public static bool IsNoAnswer(this ExceptionCode code) =>
        code is ExceptionCode.GatewayPathUnavailable or ExceptionCode.GatewayTargetFailedToRespond;

    /// <summary>Whether the same request would be refused again.</summary>
    public static bool IsFinal(this ExceptionCode code) => code
        is ExceptionCode.IllegalFunction or ExceptionCode.IllegalDataAddress or ExceptionCode.IllegalDataValue
            or ExceptionCode.MemoryParityError;

    /// <summary>Whether the unit is busy and may be asked again soon.</summary>
    public static bool IsBusy(this ExceptionCode code) => code is ExceptionCode.Acknowledge or ExceptionCode.ServerDeviceBusy;

    /// <summary>Gives number, name and what to check.</summary>
    public static string Describe(this ExceptionCode code)
    {
        string text = code switch
        {
            ExceptionCode.IllegalFunction =>
                "illegal function: the device does not know this function code; check 'table' and 'writeFunction'",
            ExceptionCode.IllegalDataAddress => "illegal data address: check 'address' (0-based) and 'type' of the point",
            ExceptionCode.IllegalDataValue => "illegal data value: check the device's range for this point",
            ExceptionCode.ServerDeviceFailure => "server device failure: the device has a fault",
            ExceptionCode.Acknowledge => "acknowledge: the device accepted the request and needs long for it",
            ExceptionCode.ServerDeviceBusy => "server device busy: try again later",
            ExceptionCode.NegativeAcknowledge => "negative acknowledge: the device cannot do this now",
            ExceptionCode.MemoryParityError => "memory parity error: the device's memory is broken",
            ExceptionCode.GatewayPathUnavailable => "gateway path unavailable: check the gateway's serial settings",
            ExceptionCode.GatewayTargetFailedToRespond => "gateway target failed to respond: check unit id and wiring behind the gateway",
            _ => "not of the specification: see the device's manual",
        };
        return string.Create(CultureInfo.InvariantCulture, $"exception {(byte)code}, {text}");
    }
}
