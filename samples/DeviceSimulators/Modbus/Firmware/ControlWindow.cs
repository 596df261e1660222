using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace BridgeFramework.DeviceSimulators;

/// <summary>
/// The layout of the 32 holding registers through which a master governs an update. +0 command, +2 size, +4 CRC32,
/// +6 version, +14 words a block, +15 first file are written; +16 state, +17 error, +18 bytes received, +20 largest block, +21 largest
/// image in KiB, +22 version, +30 product, +31 revision are read. High words first.
/// </summary>
internal static class ControlWindow
{
    public const int Registers = 32;
    public const int Prepare = 1;
    public const int Verify = 2;
    public const int Activate = 3;
    public const int Abort = 4;
    private const int WrittenRegisters = 16;

    /// <summary>Whether a request touches the window, and so is for it alone.</summary>
    public static bool Touches(int window, int address, int count) => address < window + Registers && address + count > window;

    public static int CommandOf(ReadOnlySpan<byte> registers) => BinaryPrimitives.ReadUInt16BigEndian(registers);

    public static bool TryReadAnnouncement(ReadOnlySpan<byte> registers, [NotNullWhen(true)] out Announcement? announced)
    {
        announced = registers.Length == 2 * WrittenRegisters ? Announcement.Read(registers[4..]) : null;
        return announced is not null;
    }

    /// <summary>Copies a range of the registers that are read.</summary>
    /// <returns>False when the range is not within them.</returns>
    public static bool TryRead(
        FirmwareOptions options, int address, Span<byte> destination, FirmwareSlotState state, FirmwareSlotError error, uint received,
            string version)
    {
        Span<byte> all = stackalloc byte[2 * (Registers - WrittenRegisters)];
        all.Clear();
        BinaryPrimitives.WriteUInt16BigEndian(all, (ushort)state);
        BinaryPrimitives.WriteUInt16BigEndian(all[2..], (ushort)error);
        BinaryPrimitives.WriteUInt32BigEndian(all[4..], received);
        BinaryPrimitives.WriteUInt16BigEndian(all[8..], (ushort)options.LargestBlock);
        BinaryPrimitives.WriteUInt16BigEndian(all[10..], (ushort)options.LargestImageKib);
        Encoding.Latin1.GetBytes(version, all.Slice(12, FirmwareOptions.MaxVersionLength));
        BinaryPrimitives.WriteUInt16BigEndian(all[28..], options.ProductId);
        BinaryPrimitives.WriteUInt16BigEndian(all[30..], options.Revision);
        int start = 2 * (address - options.Window - WrittenRegisters);
        if (start < 0 || start + destination.Length > all.Length) return false;
        all.Slice(start, destination.Length).CopyTo(destination);
        return true;
    }
}
