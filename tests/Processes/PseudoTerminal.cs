using System.ComponentModel;
using System.Runtime.InteropServices;

namespace BridgeFramework.Processes;

/// <summary>A terminal of our own, whose end a program sees as that of a session: an SSH connection that is cut, a window that is closed.
/// For Linux.</summary>
public sealed class PseudoTerminal : IDisposable
{
    private const int ReadWrite = 2; // O_RDWR
    private const int NotOurs = 0x100; // O_NOCTTY
    private const int CloseOnExec = 0x80000; // O_CLOEXEC: nobody else holds it open
    private const int LongestName = 64;
    private int _master;

    /// <summary>Opens one.</summary>
    public PseudoTerminal()
    {
        byte[] name = new byte[LongestName];
        _master = OpenMaster(ReadWrite | NotOurs | CloseOnExec);
        if (_master < 0 || Grant(_master) != 0 || Unlock(_master) != 0 || NameOf(_master, name, (nuint)name.Length) != 0)
            throw new Win32Exception(Marshal.GetLastPInvokeError());
        Path = System.Text.Encoding.UTF8.GetString(name.AsSpan(0, name.AsSpan().IndexOf((byte)0)));
    }

    /// <summary>Where a program opens it.</summary>
    public string Path { get; }

    /// <inheritdoc/>
    public void Dispose() => HangUp();

    /// <summary>Hangs it up: the program gets SIGHUP, and has no terminal any more.</summary>
    public void HangUp()
    {
        int master = Interlocked.Exchange(ref _master, -1);
        if (master >= 0) _ = Close(master);
    }

    [DllImport("libc", EntryPoint = "posix_openpt", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int OpenMaster(int flags);

    [DllImport("libc", EntryPoint = "grantpt", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Grant(int master);

    [DllImport("libc", EntryPoint = "unlockpt", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Unlock(int master);

    [DllImport("libc", EntryPoint = "ptsname_r", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int NameOf(int master, [Out] byte[] name, nuint length);

    [DllImport("libc", EntryPoint = "close")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Close(int master);
}
