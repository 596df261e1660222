namespace BridgeFramework.Modbus;

/// <summary>The function codes in use.</summary>
/// <remarks>Source: MODBUS Application Protocol V1.1b3, section 6.</remarks>
internal enum FunctionCode : byte
{
    ReadCoils = 0x01,
    ReadDiscreteInputs = 0x02,
    ReadHoldingRegisters = 0x03,
    ReadInputRegisters = 0x04,
    WriteSingleCoil = 0x05,
    WriteSingleRegister = 0x06,
    WriteMultipleCoils = 0x0F,
    WriteMultipleRegisters = 0x10,
    WriteFileRecord = 0x15,
    MaskWriteRegister = 0x16,
}
