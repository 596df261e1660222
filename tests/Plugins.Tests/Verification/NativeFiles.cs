using System.Buffers.Binary;

namespace BridgeFramework.Plugins.Tests;

/// <summary>Makes files with the header of a native library and nothing behind it.</summary>
internal static class NativeFiles
{
    /// <summary>The header of a library for a platform such as <c>linux-arm64</c>.</summary>
    public static byte[] Of(string platform)
    {
        string architecture = platform[(platform.IndexOf('-', StringComparison.Ordinal) + 1)..];
        return platform[..platform.IndexOf('-', StringComparison.Ordinal)] switch
        {
            "linux" => Elf(architecture),
            "win" => Windows(architecture),
            _ => Mac(architecture),
        };
    }

    /// <summary>Writes one into a folder.</summary>
    public static void Write(string folder, string file, string platform)
    {
        string path = Path.Combine(folder, file);
        Directory.CreateDirectory(Path.GetDirectoryName(path) ?? folder);
        File.WriteAllBytes(path, Of(platform));
    }

    private static byte[] Elf(string architecture)
    {
        byte[] file = new byte[4096];
        "\u007fELF"u8.CopyTo(file);
        bool bigEndian = architecture is "s390x";
        file[4] = 2;
        file[5] = (byte)(bigEndian ? 2 : 1);
        ushort machine = architecture switch { "x64" => 0x3E, "arm64" => 0xB7, "arm" => 0x28, "s390x" => 0x16, _ => 0xF3 };
        if (bigEndian) BinaryPrimitives.WriteUInt16BigEndian(file.AsSpan(18), machine);
        else BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(18), machine);
        return file;
    }

    private static byte[] Windows(string architecture)
    {
        byte[] file = new byte[4096];
        "MZ"u8.CopyTo(file);
        file[60] = 0x80;
        var header = file.AsSpan(0x80);
        "PE\0\0"u8.CopyTo(header);
        BinaryPrimitives.WriteUInt16LittleEndian(header[4..], architecture switch { "x64" => 0x8664, "arm64" => 0xAA64, _ => 0x14C });
        BinaryPrimitives.WriteUInt16LittleEndian(header[20..], 240);
        BinaryPrimitives.WriteUInt16LittleEndian(header[24..], 0x20B);
        return file;
    }

    private static byte[] Mac(string architecture)
    {
        byte[] file = new byte[4096];
        if (architecture is "universal")
        {
            BinaryPrimitives.WriteUInt32BigEndian(file, 0xCAFEBABE);
            BinaryPrimitives.WriteUInt32BigEndian(file.AsSpan(4), 2);
            BinaryPrimitives.WriteUInt32BigEndian(file.AsSpan(8), 0x01000007);
            BinaryPrimitives.WriteUInt32BigEndian(file.AsSpan(28), 0x0100000C);
            return file;
        }

        BinaryPrimitives.WriteUInt32LittleEndian(file, 0xFEEDFACF);
        BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(4), architecture is "x64" ? 0x01000007u : 0x0100000Cu);
        return file;
    }
}
