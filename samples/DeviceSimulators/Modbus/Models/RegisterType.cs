namespace BridgeFramework.DeviceSimulators;

/// <summary>How a number lies in registers.</summary>
public enum RegisterType
{
    /// <summary>One register, two's complement.</summary>
    Int16,

    /// <summary>One register.</summary>
    UInt16,

    /// <summary>Two registers, two's complement.</summary>
    Int32,

    /// <summary>Two registers.</summary>
    UInt32,

    /// <summary>Four registers, two's complement.</summary>
    Int64,

    /// <summary>Four registers.</summary>
    UInt64,

    /// <summary>Two registers, IEEE 754.</summary>
    Float32,

    /// <summary>Four registers, IEEE 754.</summary>
    Float64,
}
