namespace BridgeFramework.IotHubEmulator;

/// <summary>The body of an answer on its way through a fault: slowed down, or silently cut off.</summary>
internal sealed class StruckBody(Stream inner, DownloadFault fault, TimeProvider time) : Stream
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    private long _written;

    public override bool CanRead => false;
    public override bool CanSeek => false;
    public override bool CanWrite => true;
    public override long Length => throw new NotSupportedException();
    public override long Position { get => _written; set => throw new NotSupportedException(); }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (fault.Kind is DownloadFaultKind.Cut)
        {
            // What is missing in the end makes the server close the connection.
            buffer = buffer[..(int)Math.Min(buffer.Length, fault.Bytes - _written)];
            await inner.WriteAsync(buffer, cancellationToken);
            _written += buffer.Length;
            return;
        }

        while (!buffer.IsEmpty)
        {
            if (_written > 0 && _written % fault.Bytes == 0) await Task.Delay(Pause, time, cancellationToken);
            var part = buffer[..(int)Math.Min(buffer.Length, fault.Bytes - _written % fault.Bytes)];
            await inner.WriteAsync(part, cancellationToken);
            await inner.FlushAsync(cancellationToken);
            _written += part.Length;
            buffer = buffer[part.Length..];
        }
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override Task FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(cancellationToken);

    public override void Flush() => throw new NotSupportedException();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
