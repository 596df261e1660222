using Microsoft.Win32.SafeHandles;

namespace BridgeFramework.Runtime;

/// <summary>A verified image of the store, opened for one hand-over.</summary>
/// <param name="path">Its file.</param>
/// <param name="version">The version it brings.</param>
/// <param name="key">Which bytes it has.</param>
/// <param name="sha256">Their digest.</param>
internal sealed class StoredImage(string path, string version, ImageKey key, ReadOnlyMemory<byte> sha256) : IFirmwareImage, IDisposable
{
    private readonly SafeFileHandle _file = File.OpenHandle(path);

    public string Version => version;
    public long Size => key.Size;
    public ReadOnlyMemory<byte> Sha256 => sha256;

    /// <summary>The file, for a program that is to be given it.</summary>
    public string Path => path;

    public async ValueTask<int> ReadAsync(long offset, Memory<byte> buffer, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset, Size);
        int read = 0;
        while (read < buffer.Length && await RandomAccess.ReadAsync(_file, buffer[read..], offset + read, cancellationToken) is > 0 and var more) read += more;
        return read;
    }

    public void Dispose() => _file.Dispose();
}
