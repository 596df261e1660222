using BridgeFramework.Files;

namespace BridgeFramework.Runtime;

/// <summary>A verified image of the store, opened for one hand-over.</summary>
/// <param name="file">Its bytes, which this closes.</param>
/// <param name="path">Where they are.</param>
/// <param name="version">The version it brings.</param>
/// <param name="key">Which bytes it has.</param>
/// <param name="sha256">Their digest.</param>
internal sealed class StoredImage(IDiskFile file, string path, string version, ImageKey key, ReadOnlyMemory<byte> sha256) : IFirmwareImage,
    IDisposable
{
    public string Version => version;
    public long Size => key.Size;
    public ReadOnlyMemory<byte> Sha256 => sha256;

    /// <summary>The file, for a program that is to be given it.</summary>
    public string Path => path;

    public ValueTask<int> ReadAsync(long offset, Memory<byte> buffer, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset, Size);
        cancellationToken.ThrowIfCancellationRequested();
        return new(file.Read(offset, buffer.Span));
    }

#pragma warning disable IDISP007 // handed over: it is opened for this alone
    public void Dispose() => file.Dispose();
#pragma warning restore IDISP007
}
