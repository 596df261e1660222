using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace BridgeFramework.Modbus;

/// <summary>Which function codes write.</summary>
internal enum WriteFunction
{
    /// <summary>05 and 06 for one coil or register, 0F and 10 for several.</summary>
    Auto,

    /// <summary>0F and 10 always, for devices that know no others.</summary>
    Multiple,
}

/// <summary>How one bit of a register is written.</summary>
internal enum BitWrite
{
    /// <summary>By 16 (mask write register); where the device does not know it, by reading, changing and writing the register.</summary>
    Auto,

    /// <summary>By reading, changing and writing the register, always.</summary>
    ReadModifyWrite,
}

/// <summary>The settings of a sub-device: one unit of the line.</summary>
internal sealed record ModbusDeviceSettings
{
    [Description("Unit id: 1 to 247 behind a gateway to a serial line; 0, 1 or 255 for most devices that speak TCP themselves.")]
    [Range(0, 255), JsonNumberHandling(JsonNumberHandling.AllowReadingFromString)]
    public int UnitId { get; set; } = 1;

    [Description("The most registers in one read request; the channel's where not given.")]
    [Range(1, 125)]
    public int? MaxBlock { get; set; }

    [Description("So many unused registers between two points are read along; the channel's where not given.")]
    [Range(0, 124)]
    public int? MaxGap { get; set; }

    [Description("So many requests in a row without an answer make the unit absent.")]
    [Range(1, 100)]
    public int OfflineAfter { get; set; } = 3;

    [Description("auto: function 05 and 06 for one coil or register, 0F and 10 for several; multiple: 0F and 10 always.")]
    public WriteFunction WriteFunction { get; set; }

    [Description("How one bit of a register is written. auto: by function 16, where unknown by reading, changing and writing; "
        + "readModifyWrite: always the latter.")]
    public BitWrite BitWrite { get; set; }

    [Description("Accept write answers whose echo is wrong, for devices that do not echo what they should.")]
    public bool LenientWriteEcho { get; set; }

    [Description("How the unit takes firmware. Left out: it cannot be given any.")]
    public ModbusFirmwareSettings? Firmware { get; set; }
}
