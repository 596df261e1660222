using System.Runtime.InteropServices;

namespace BridgeFramework.Runtime;

/// <summary>The memory that the runtime itself has from the C library: what compiles and loads a plugin.</summary>
internal static class NativeHeap
{
    /// <summary>Gives back to the system what is free of it. glibc keeps it, in an arena for each of several threads, and with every
    /// version of a plugin that is compiled another arena grows.</summary>
    public static void Trim()
    {
        if (!OperatingSystem.IsLinux()) return;
        try
        {
            _ = GiveBack(0);
        }
        catch (EntryPointNotFoundException)
        {
            // Another C library, such as musl: it keeps less.
        }
    }

    /// <summary>malloc_trim(3)</summary>
    [DllImport("libc", EntryPoint = "malloc_trim")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int GiveBack(nuint pad);
}
