namespace BridgeFramework.DeviceSimulators;

/// <summary>The four tables of a Modbus unit.</summary>
/// <remarks>Source: MODBUS Application Protocol V1.1b3, section 4.3.</remarks>
public enum ModbusTable
{
    /// <summary>Bits a master reads and writes.</summary>
    Coils,

    /// <summary>Bits a master only reads.</summary>
    DiscreteInputs,

    /// <summary>16-bit registers a master only reads.</summary>
    InputRegisters,

    /// <summary>16-bit registers a master reads and writes.</summary>
    HoldingRegisters,
}
