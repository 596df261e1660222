using System.Runtime.InteropServices;

namespace BridgeFramework.Disks;

/// <summary>Things in folders that are no files.</summary>
public static class OddEntries
{
    private const uint OwnersFile = 0x180; // 0600

    /// <summary>Makes a FIFO: whoever opens it to read waits for a writer, and there is none.</summary>
    public static void MakeFifo(string path)
    {
        if (MakeFifo(path, OwnersFile) != 0)
            throw new IOException($"{path}: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}");
    }

    [DllImport("libc", EntryPoint = "mkfifo", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int MakeFifo([MarshalAs(UnmanagedType.LPUTF8Str)] string path, uint mode);
}
