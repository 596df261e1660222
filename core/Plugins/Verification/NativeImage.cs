using System.Buffers.Binary;
using System.Globalization;

namespace BridgeFramework.Plugins;

/// <summary>Reads from the header of a native library which platforms it runs on.</summary>
/// <remarks>
/// Sources: ELF header, System V ABI chapter 4 (e_ident, e_machine); Microsoft PE format (COFF file header, optional header's data
/// directory 14, the CLI header); Apple's mach-o/loader.h and mach-o/fat.h.
/// </remarks>
internal static class NativeImage
{
    private const int MaxFatArchitectures = 32;

    /// <summary>Gives platforms such as <c>linux-arm64</c>; none for what is no native library, which any .NET assembly is.</summary>
    public static IReadOnlyList<string> PlatformsOf(Stream file)
    {
        Span<byte> header = stackalloc byte[64];
        header = header[..ReadAt(file, 0, header)];
        if (header.Length < 64) return [];
        return BinaryPrimitives.ReadUInt32BigEndian(header) switch
        {
            0x7F454C46 => [Elf(header)],
            0xCFFAEDFE or 0xCEFAEDFE => [Mac(BinaryPrimitives.ReadUInt32LittleEndian(header[4..]))],
            0xFEEDFACF or 0xFEEDFACE => [Mac(BinaryPrimitives.ReadUInt32BigEndian(header[4..]))],
            0xCAFEBABE => Fat(file, BinaryPrimitives.ReadUInt32BigEndian(header[4..])),
            _ when header[0] == (byte)'M' && header[1] == (byte)'Z' => Windows(file, BinaryPrimitives.ReadUInt32LittleEndian(header[60..])),
            _ => [],
        };
    }

    private static string Elf(ReadOnlySpan<byte> header)
    {
        bool bigEndian = header[5] == 2;
        bool wide = header[4] == 2;
        int machine = bigEndian ? BinaryPrimitives.ReadUInt16BigEndian(header[18..])
            : BinaryPrimitives.ReadUInt16LittleEndian(header[18..]);
        string architecture = machine switch
        {
            0x03 => "x86",
            0x3E => "x64",
            0x28 => "arm",
            0xB7 => "arm64",
            0xF3 => wide ? "riscv64" : "riscv32",
            0x16 => "s390x",
            0x15 => bigEndian ? "ppc64" : "ppc64le",
            0x102 => "loongarch64",
            _ => Unknown(machine),
        };
        // 9 is FreeBSD; Linux writes 0 or 3.
        return $"{(header[7] == 9 ? "freebsd" : "linux")}-{architecture}";
    }

    private static IReadOnlyList<string> Windows(Stream file, uint position)
    {
        // The mark, the COFF header of 20 bytes, and the optional header as far as its last data directory but one.
        Span<byte> header = stackalloc byte[24 + 240];
        header = header[..ReadAt(file, position, header)];
        if (header.Length < 24 + 2 || BinaryPrimitives.ReadUInt32BigEndian(header) != 0x50450000) return [];
        int directories = BinaryPrimitives.ReadUInt16LittleEndian(header[24..]) == 0x20B ? 112 : 96;
        int cli = 24 + directories + 14 * 8;
        if (header.Length >= cli + 4 && BinaryPrimitives.ReadUInt16LittleEndian(header[20..]) >= directories + 15 * 8
            && BinaryPrimitives.ReadUInt32LittleEndian(header[cli..]) != 0) return [];
        int machine = BinaryPrimitives.ReadUInt16LittleEndian(header[4..]);
        return
        [
            "win-" + machine switch
            {
                0x14C => "x86",
                0x8664 => "x64",
                0x1C4 => "arm",
                0xAA64 => "arm64",
                _ => Unknown(machine),
            },
        ];
    }

    private static string Mac(uint cpu) => "osx-" + cpu switch
    {
        0x01000007 => "x64",
        0x0100000C => "arm64",
        7 => "x86",
        12 => "arm",
        _ => Unknown((int)cpu),
    };

    /// <summary>One file for several processors. A Java class has the same mark, and a version where the count is.</summary>
    private static List<string> Fat(Stream file, uint count)
    {
        if (count is 0 or > MaxFatArchitectures) return [];
        Span<byte> entry = stackalloc byte[4];
        List<string> platforms = [];
        for (uint i = 0; i < count; i++)
            if (ReadAt(file, 8 + i * 20, entry) == entry.Length) platforms.Add(Mac(BinaryPrimitives.ReadUInt32BigEndian(entry)));
        return platforms;
    }

    private static string Unknown(int machine) => string.Create(CultureInfo.InvariantCulture, $"0x{machine:x}");

    private static int ReadAt(Stream file, long position, Span<byte> into)
    {
        if (position > file.Length) return 0;
        file.Position = position;
        return file.ReadAtLeast(into, into.Length, throwOnEndOfStream: false);
    }
}
