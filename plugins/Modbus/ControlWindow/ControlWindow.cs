using System.Buffers.Binary;
using System.Text;

namespace BridgeFramework.Modbus;

/// <summary>What a unit is told to do with an image.</summary>
internal enum WindowCommand : ushort
{
    Prepare = 1,
    Verify = 2,
    Activate = 3,
    Abort = 4,
}

/// <summary>The 32 holding registers through which a transfer is governed: 0 to 15 are written, 16 to 31
/// read. Numbers have the high word first.</summary>
internal static class ControlWindow
{
    public const int Registers = 32;

    /// <summary>Where the window may begin at the most.</summary>
    public const int LastAddress = Tables.Size - Registers;

    /// <summary>The longest version, in characters.</summary>
    public const int VersionLength = 16;

    /// <summary>The profile that this is.</summary>
    public const int Revision = 1;

    /// <summary>The first register that is read; all from here to the end are.</summary>
    public const int StatusOffset = 16;

    public const int StatusRegisters = Registers - StatusOffset;

    private const int PrepareRegisters = 16;

    /// <summary>Gives the PDU of a command.</summary>
    public static byte[] Command(int window, WindowCommand command) => WritePdu.MultipleRegisters(window, [0, (byte)command]);

    /// <summary>Gives the PDU that announces an image.</summary>
    public static byte[] Prepare(int window, uint size, uint crc, string version, int blockWords, int firstFile)
    {
        Span<byte> registers = stackalloc byte[2 * PrepareRegisters];
        registers.Clear();
        BinaryPrimitives.WriteUInt16BigEndian(registers, (ushort)WindowCommand.Prepare);
        BinaryPrimitives.WriteUInt32BigEndian(registers[4..], size);
        BinaryPrimitives.WriteUInt32BigEndian(registers[8..], crc);
        Encoding.ASCII.GetBytes(version, registers.Slice(12, VersionLength));
        BinaryPrimitives.WriteUInt16BigEndian(registers[28..], (ushort)blockWords);
        BinaryPrimitives.WriteUInt16BigEndian(registers[30..], (ushort)firstFile);
        return WritePdu.MultipleRegisters(window, registers);
    }
}
