using System.Buffers.Binary;
using System.Text;

namespace BridgeFramework.Modbus;

/// <summary>What a unit says of itself in its control window. Nothing of it is checked.</summary>
/// <param name="State">What it is doing.</param>
/// <param name="Error">What went wrong.</param>
/// <param name="Received">How many bytes of the image it has without a gap.</param>
/// <param name="LargestBlock">The most words it takes at once.</param>
/// <param name="LargestImage">The largest image it takes, in KiB.</param>
/// <param name="Version">The version it runs.</param>
/// <param name="ProductId">Its product.</param>
/// <param name="Revision">The revision of the profile.</param>
internal readonly record struct WindowStatus(
    WindowState State, WindowError Error, uint Received, int LargestBlock, int LargestImage, string Version, int ProductId, int Revision)
{
    /// <summary>The version for messages.</summary>
    public string VersionText => FirmwareVersion.IsValid(Version) ? Version : "a version that is no text";

    /// <summary>Reads the registers from <see cref="ControlWindow.StatusOffset"/> on.</summary>
    /// <param name="registers">All of them, as they came.</param>
    public static WindowStatus Read(ReadOnlySpan<byte> registers)
    {
        if (registers.Length != 2 * ControlWindow.StatusRegisters)
            throw new ArgumentException($"{registers.Length} bytes are not the status.", nameof(registers));
        var version = registers.Slice(12, ControlWindow.VersionLength);
        int end = version.IndexOf((byte)0);
        return new WindowStatus(
            (WindowState)BinaryPrimitives.ReadUInt16BigEndian(registers),
            (WindowError)BinaryPrimitives.ReadUInt16BigEndian(registers[2..]),
            BinaryPrimitives.ReadUInt32BigEndian(registers[4..]),
            BinaryPrimitives.ReadUInt16BigEndian(registers[8..]),
            BinaryPrimitives.ReadUInt16BigEndian(registers[10..]),
            Encoding.Latin1.GetString(end < 0 ? version : version[..end]),
            BinaryPrimitives.ReadUInt16BigEndian(registers[28..]),
            BinaryPrimitives.ReadUInt16BigEndian(registers[30..]));
    }
}
