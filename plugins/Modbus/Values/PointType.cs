namespace BridgeFramework.Modbus;

/// <summary>How the bits of a point are read.</summary>
internal enum PointType
{
    /// <summary>A coil, a discrete input, or a bit of a register.</summary>
    Bool,
    Int16,
    Uint16,
    Int32,
    Uint32,
    Int64,
    Uint64,
    Float32,
    Float64,

    /// <summary>Four decimal digits in one register.</summary>
    Bcd16,

    /// <summary>Eight decimal digits in two registers.</summary>
    Bcd32,

    /// <summary>Text, two bytes a register.</summary>
    String,

    /// <summary>Raw bytes, two a register.</summary>
    Bytes,
}

internal static class PointTypes
{
    /// <summary>Gives the number of bytes of a number; 0 for what is no number.</summary>
    public static int NumberBytes(this PointType type) => type switch
    {
        PointType.Int16 or PointType.Uint16 or PointType.Bcd16 => 2,
        PointType.Int32 or PointType.Uint32 or PointType.Float32 or PointType.Bcd32 => 4,
        PointType.Int64 or PointType.Uint64 or PointType.Float64 => 8,
        _ => 0,
    };

    public static bool IsFloat(this PointType type) => type is PointType.Float32 or PointType.Float64;

    public static bool HasLength(this PointType type) => type is PointType.String or PointType.Bytes;
}
