using System.Diagnostics;
using System.Runtime.InteropServices;

namespace BridgeFramework.Runtime.Tests;

public sealed class NativeHeapTests
{
    private const int BlockLength = 32 * 1024; // larger ones are not kept
    private const int Blocks = 4096;
    private const long AllOfThem = (long)Blocks * BlockLength;

    [Fact]
    public void What_the_C_library_keeps_of_freed_memory_is_given_back()
    {
        Assert.SkipUnless(
            OperatingSystem.IsLinux() && !RuntimeInformation.RuntimeIdentifier.Contains("musl", StringComparison.Ordinal), "glibc alone");
        byte[] content = [.. Enumerable.Repeat((byte)1, BlockLength)];
        var blocks = new nint[Blocks];
        for (int i = 0; i < Blocks; i++)
        {
            blocks[i] = Marshal.AllocHGlobal(BlockLength);
            Marshal.Copy(content, 0, blocks[i], BlockLength);
        }

        // The last one stays, and what lies before it with it.
        foreach (nint block in blocks[..^1]) Marshal.FreeHGlobal(block);
        long kept = Resident();

        NativeHeap.Trim();

        Assert.InRange(kept - Resident(), AllOfThem / 2, AllOfThem * 2);
        Marshal.FreeHGlobal(blocks[^1]);
    }

    private static long Resident()
    {
        using var process = Process.GetCurrentProcess();
        return process.WorkingSet64;
    }
}
