using System.Globalization;
using System.Runtime.InteropServices;
using BridgeFramework.Files;

namespace BridgeFramework.Runtime;

/// <summary>The files and sockets that a program would inherit: what .NET opens it does not, what a native library or the one who started
/// the gateway has opened it may.</summary>
/// <remarks>Sources: fcntl(2), proc(5).</remarks>
internal static class InheritedDescriptors
{
    private const string Open = "/proc/self/fd";
    private const int FirstOther = 3; // after input, output and errors
    private const int SetFlags = 2; // F_SETFD
    private const int CloseOnExec = 1; // FD_CLOEXEC

    /// <summary>Has all that are open now closed in each program that is started from now on, input and outputs left out.</summary>
    /// <exception cref="IOException">They cannot be listed.</exception>
    public static void Close()
    {
        if (!OperatingSystem.IsLinux()) return;
        foreach (string name in LocalDisk.Instance.Names(Open))
            if (int.TryParse(name, CultureInfo.InvariantCulture, out int descriptor) && descriptor >= FirstOther)
                _ = Control(descriptor, SetFlags, CloseOnExec); // that of the list itself is closed by now
    }

    [DllImport("libc", EntryPoint = "fcntl")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Control(int descriptor, int command, int flags);
}
