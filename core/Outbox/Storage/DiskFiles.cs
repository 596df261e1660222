using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace BridgeFramework.Outbox;

/// <summary>The folder of an outbox on the disk, for one process at a time, readable by its owner only.</summary>
internal sealed class DiskFiles : IFileLayer
{
    private const string LockName = "lock";
    private readonly string _folder;
    private readonly FileStream _lock;

    /// <exception cref="IOException">The folder cannot be made, or another process has the outbox open.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder may not be used.</exception>
    public DiskFiles(string folder)
    {
        _folder = Path.GetFullPath(folder);
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(_folder);
        else Directory.CreateDirectory(_folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        try
        {
            _lock = new FileStream(In(LockName), Options(FileMode.OpenOrCreate));
        }
        catch (IOException exception) when (File.Exists(In(LockName)))
        {
            throw new IOException($"The outbox in {_folder} is in use by another process: stop that one, or give this gateway another 'data.folder'.", exception);
        }
    }

    public IReadOnlyList<string> List() => [.. Directory.EnumerateFiles(_folder).Select(path => Path.GetFileName(path))];

    public ISegmentStore Create(string name)
    {
        // FileMode.Create truncates. Of a file that was truncated to nothing ext4 (auto_da_alloc) writes all that has not been written when
        // it is closed: a segment that is closed to be deleted, because all of it was acknowledged, would come to the flash as a whole.
        File.Delete(In(name));
        return new DiskStore(In(name), FileMode.CreateNew);
    }

    public ISegmentStore Open(string name) => new DiskStore(In(name), FileMode.Open);

    public void Delete(string name) => File.Delete(In(name));

    public void SyncFolder()
    {
        if (!OperatingSystem.IsLinux()) return; // elsewhere the file's own flush covers its entry
        int folder = NativeMethods.Open(_folder, NativeMethods.ReadOnly);
        if (folder < 0) throw new IOException($"The folder {_folder} cannot be opened to be synced (errno {Marshal.GetLastPInvokeError()}).");
        int result = NativeMethods.Sync(folder);
        int error = Marshal.GetLastPInvokeError();
        _ = NativeMethods.Close(folder);
        if (result < 0) throw new IOException($"The folder {_folder} cannot be synced (errno {error}).");
    }

    public void Dispose() => _lock.Dispose();

    private string In(string name) => Path.Combine(_folder, name);

    private static FileStreamOptions Options(FileMode mode)
    {
        var options = new FileStreamOptions { Mode = mode, Access = FileAccess.ReadWrite, Share = FileShare.None, BufferSize = 0 };
        if (!OperatingSystem.IsWindows() && mode != FileMode.Open) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        return options;
    }

    private sealed class DiskStore : ISegmentStore
    {
        private readonly FileStream _file;

        public DiskStore(string path, FileMode mode)
        {
            _file = new FileStream(path, Options(mode));
            Length = checked((int)Math.Min(_file.Length, int.MaxValue));
        }

        public int Length { get; private set; }

        private SafeFileHandle Handle => _file.SafeFileHandle;

        public void Write(int offset, ReadOnlySpan<byte> bytes)
        {
            RandomAccess.Write(Handle, bytes, offset);
            Length = Math.Max(Length, offset + bytes.Length);
        }

        public void Read(int offset, Span<byte> bytes)
        {
            int done = 0;
            while (done < bytes.Length)
            {
                int read = RandomAccess.Read(Handle, bytes[done..], offset + done);
                if (read == 0) throw new EndOfStreamException($"{_file.Name} ends at {offset + done}, {bytes.Length - done} bytes too early.");
                done += read;
            }
        }

        public void Truncate(int length)
        {
            RandomAccess.SetLength(Handle, length);
            Length = length;
        }

        public void Sync() => RandomAccess.FlushToDisk(Handle);

        public void Dispose() => _file.Dispose();
    }

    private static class NativeMethods
    {
        public const int ReadOnly = 0;

        [DllImport("libc", EntryPoint = "open", SetLastError = true)]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        public static extern int Open([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags);

        [DllImport("libc", EntryPoint = "fsync", SetLastError = true)]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        public static extern int Sync(int descriptor);

        [DllImport("libc", EntryPoint = "close", SetLastError = true)]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        public static extern int Close(int descriptor);
    }
}
