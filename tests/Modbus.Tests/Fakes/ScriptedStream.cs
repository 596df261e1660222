using System.Threading.Channels;

namespace BridgeFramework.Modbus.Tests;

/// <summary>The other side of a connection, in memory: a script says which chunks of bytes come after each written frame.</summary>
internal sealed class ScriptedStream(Func<ServerRequest, IEnumerable<byte[]>> script) : Stream
{
    private readonly Channel<byte[]> _toRead = Channel.CreateUnbounded<byte[]>();
    private ReadOnlyMemory<byte> _rest;

    public Channel<ServerRequest> Written { get; } = Channel.CreateUnbounded<ServerRequest>();

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    /// <summary>Makes bytes come now.</summary>
    public void Push(params byte[] bytes) => _toRead.Writer.TryWrite(bytes);

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (_rest.IsEmpty)
        {
            if (!await _toRead.Reader.WaitToReadAsync(cancellationToken)) return 0;
            if (_toRead.Reader.TryRead(out byte[]? chunk)) _rest = chunk;
        }

        int length = Math.Min(buffer.Length, _rest.Length);
        _rest[..length].CopyTo(buffer);
        _rest = _rest[length..];
        return length;
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var frames = buffer.Span;
        while (ModbusTcpFrame.TryRead(frames, out var frame, out int consumed) == System.Buffers.OperationStatus.Done)
        {
            var request = new ServerRequest(frame.TransactionId, frame.Unit, frame.Pdu.ToArray());
            foreach (byte[] chunk in script(request)) Push(chunk);
            Written.Writer.TryWrite(request);
            frames = frames[consumed..];
        }

        return ValueTask.CompletedTask;
    }

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing) _toRead.Writer.TryComplete();
        base.Dispose(disposing);
    }
}
