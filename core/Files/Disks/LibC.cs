using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace BridgeFramework.Files;

/// <summary>The few calls of the C library that .NET has no other name for.</summary>
/// <remarks>Sources: open(2), fsync(2), flock(2), statx(2), rename(2), geteuid(2); the numbers are those of the kernel's headers
/// (asm/fcntl.h, linux/stat.h, linux/fs.h).</remarks>
internal static class LibC
{
    public const int ReadOnly = 0;
    public const int ReadAndWrite = 2;
    public const int InvalidArgument = 22; // EINVAL
    public const int WouldBlock = 11; // EWOULDBLOCK
    public const int SharedLock = 1; // LOCK_SH
    public const int ExclusiveLock = 2; // LOCK_EX
    public const int WithoutWaiting = 4; // LOCK_NB
    public const int NoSuchCall = 38; // ENOSYS
    public const int Here = -100; // AT_FDCWD
    public const uint Exchange = 2; // RENAME_EXCHANGE
    private const int NotPermitted = 1; // EPERM
    private const int NoSuchEntry = 2; // ENOENT
    private const int NoAccess = 13; // EACCES
    private const int NoFolder = 20; // ENOTDIR

    /// <summary>Makes <c>open</c> return at once, whatever it is given; without a meaning for regular files.</summary>
    public const int WithoutBlocking = 0x800; // O_NONBLOCK

    /// <summary>Programs that are started do not inherit the file.</summary>
    public static readonly int CloseOnExec = OperatingSystem.IsLinux() ? 0x80000 : 0x1000000; // O_CLOEXEC

    /// <summary>Makes <c>open</c> fail where the last part of the path is a link.</summary>
    public static readonly int NoFollow =
        RuntimeInformation.ProcessArchitecture is Architecture.Arm or Architecture.Arm64 or Architecture.Ppc64le
        ? 0x8000 : 0x20000; // O_NOFOLLOW

    public static bool FailedWith(int error) => Marshal.GetLastPInvokeError() == error;

    /// <summary>Whether the last call failed because nothing is at the path.</summary>
    public static bool FoundNothing => Marshal.GetLastPInvokeError() is NoSuchEntry or NoFolder;

    /// <summary>The exception for the last call, as .NET would have thrown it.</summary>
    public static Exception Failure(string path, string what)
    {
        int error = Marshal.GetLastPInvokeError();
        string message = $"'{path}' {what}: {Marshal.GetPInvokeErrorMessage(error)}.";
        return error switch
        {
            NoSuchEntry when Directory.Exists(Path.GetDirectoryName(path)) => new FileNotFoundException(message, path),
            NoSuchEntry or NoFolder => new DirectoryNotFoundException(message),
            NoAccess or NotPermitted => new UnauthorizedAccessException(message),
            _ => new IOException(message),
        };
    }

    [DllImport("libc", EntryPoint = "open", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static extern int Open([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags);

    [DllImport("libc", EntryPoint = "fsync", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static extern int Sync(int descriptor);

    [DllImport("libc", EntryPoint = "flock", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static extern int Lock(SafeFileHandle file, int operation);

    [DllImport("libc", EntryPoint = "close", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static extern int Close(int descriptor);

    [DllImport("libc", EntryPoint = "renameat2", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static extern int Rename(
        int folder, [MarshalAs(UnmanagedType.LPUTF8Str)] string path, int newFolder, [MarshalAs(UnmanagedType.LPUTF8Str)] string newPath,
        uint flags);

    [DllImport("libc", EntryPoint = "geteuid")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static extern uint User();

    [DllImport("libc", EntryPoint = "statx", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static extern int Status(
        int folder, [MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags, uint wanted, out FileStatus status);

    [DllImport("libc", EntryPoint = "statx", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static extern int StatusOf(
        SafeFileHandle file, [MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags, uint wanted, out FileStatus status);
}

/// <summary>What <c>statx</c> says, the same on every processor.</summary>
[StructLayout(LayoutKind.Explicit, Size = 256)]
internal struct FileStatus
{
    private const int TypeMask = 0xF000; // S_IFMT
    private const int PermissionMask = 0xFFF; // what .NET has names for, the sticky bit included
    private const long LastSecond = 253402300799; // of the year 9999

    [FieldOffset(20)]
    private readonly uint _owner;

    [FieldOffset(28)]
    private readonly ushort _mode;

    [FieldOffset(40)]
    private readonly long _size;

    [FieldOffset(112)]
    private readonly long _writtenSeconds;

    [FieldOffset(120)]
    private readonly uint _writtenNanoseconds;

    public readonly EntryKind Kind => (_mode & TypeMask) switch
    {
        0x8000 => EntryKind.File,
        0x4000 => EntryKind.Folder,
        0xA000 => EntryKind.Link,
        _ => EntryKind.Special,
    };

    public readonly long Size => _size;

    public readonly uint Owner => _owner;

    public readonly EntryAccess Access => new(_owner, (UnixFileMode)(_mode & PermissionMask));

    /// <summary>Whoever fills a folder chooses the times: those that .NET cannot hold are the nearest that it can.</summary>
    public readonly DateTime Written => DateTime.UnixEpoch.AddTicks(
        (Math.Clamp(_writtenSeconds, 0, LastSecond) * TimeSpan.TicksPerSecond) + (_writtenNanoseconds / TimeSpan.NanosecondsPerTick));
}
