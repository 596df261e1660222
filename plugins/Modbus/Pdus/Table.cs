namespace BridgeFramework.Modbus;

/// <summary>The four tables of a unit.</summary>
/// <remarks>Source: MODBUS Application Protocol V1.1b3, section 4.3.</remarks>
internal enum Table
{
    /// <summary>Bits that can be written.</summary>
    Coil,

    /// <summary>Discrete inputs: bits that can only be read.</summary>
    Discrete,

    /// <summary>Input registers: 16 bits that can only be read.</summary>
    Input,

    /// <summary>Holding registers: 16 bits that can be written.</summary>
    Holding,
}

internal static class Tables
{
    public const int Size = 0x10000;

    public static bool IsBits(this Table table) => table is Table.Coil or Table.Discrete;

    public static bool IsWritable(this Table table) => table is Table.Coil or Table.Holding;

    public static FunctionCode ReadFunction(this Table table) => table switch
    {
        Table.Coil => FunctionCode.ReadCoils,
        Table.Discrete => FunctionCode.ReadDiscreteInputs,
        Table.Input => FunctionCode.ReadInputRegisters,
        _ => FunctionCode.ReadHoldingRegisters,
    };

    /// <summary>Gives the name for messages: "holding register".</summary>
    public static string Noun(this Table table) => table switch
    {
        Table.Coil => "coil",
        Table.Discrete => "discrete input",
        Table.Input => "input register",
        _ => "holding register",
    };
}
