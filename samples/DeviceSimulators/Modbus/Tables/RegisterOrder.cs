namespace BridgeFramework.DeviceSimulators;

/// <summary>In which order the bytes of a value that spans registers are on the wire; A is the most significant.</summary>
/// <remarks>64-bit values likewise over four registers: <see cref="Cdab"/> turns the order of all four.</remarks>
public enum RegisterOrder
{
    /// <summary>Big-endian, as the protocol's own fields.</summary>
    Abcd,

    /// <summary>The registers in reverse order, the bytes in each as they should be.</summary>
    Cdab,

    /// <summary>The bytes in each register swapped, the registers in order.</summary>
    Badc,

    /// <summary>Little-endian: both.</summary>
    Dcba,
}
