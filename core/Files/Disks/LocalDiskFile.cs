namespace BridgeFramework.Files;

/// <summary>An open file of the machine's disk. The stream is there to be kept open: positions are given with each call.</summary>
internal sealed class LocalDiskFile(FileStream file) : IDiskFile
{
    public long Length => RandomAccess.GetLength(file.SafeFileHandle);

    public int Read(long offset, Span<byte> bytes)
    {
        int done = 0;
        while (done < bytes.Length && RandomAccess.Read(file.SafeFileHandle, bytes[done..], offset + done) is > 0 and var read)
            done += read;
        return done;
    }

    public void Write(long offset, ReadOnlySpan<byte> bytes) => RandomAccess.Write(file.SafeFileHandle, bytes, offset);

    public void Truncate(long length) => RandomAccess.SetLength(file.SafeFileHandle, length);

#pragma warning disable RS0030 // This is what everybody else uses instead.
    public void Sync() => RandomAccess.FlushToDisk(file.SafeFileHandle);
#pragma warning restore RS0030

#pragma warning disable IDISP007 // handed over: it is opened for this alone
    public void Dispose() => file.Dispose();
#pragma warning restore IDISP007
}
