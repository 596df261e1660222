using System.Buffers.Binary;
using System.Text;

namespace BridgeFramework.DeviceSimulators;

/// <summary>What a master says of an image before it sends it.</summary>
internal sealed record Announcement(uint Size, uint Crc, string Version, int BlockWords, int FirstFile)
{
    /// <summary>How many words it takes; the second byte of the last is nothing where the size is odd.</summary>
    public int Words => (int)((Size + 1) / 2);

    /// <summary>Reads the registers +2 to +15 of a window.</summary>
    public static Announcement Read(ReadOnlySpan<byte> registers)
    {
        var version = registers.Slice(8, FirmwareOptions.MaxVersionLength);
        int end = version.IndexOf((byte)0);
        return new Announcement(
            BinaryPrimitives.ReadUInt32BigEndian(registers),
            BinaryPrimitives.ReadUInt32BigEndian(registers[4..]),
            Encoding.Latin1.GetString(end < 0 ? version : version[..end]),
            BinaryPrimitives.ReadUInt16BigEndian(registers[24..]),
            BinaryPrimitives.ReadUInt16BigEndian(registers[26..]));
    }
}
