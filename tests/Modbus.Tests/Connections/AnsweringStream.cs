using System.Threading.Tasks.Sources;

namespace BridgeFramework.Modbus.Tests;

/// <summary>Answers every "read one register" at once with 0, and allocates nothing for it.</summary>
internal sealed class AnsweringStream : Stream, IValueTaskSource<int>
{
    private readonly Lock _gate = new();
    private readonly byte[] _answer = [0, 0, 0, 0, 0, 5, 1, 3, 2, 0, 0];
    private ManualResetValueTaskSourceCore<int> _source = new() { RunContinuationsAsynchronously = true };
    private Memory<byte> _reader;
    private bool _ready;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        lock (_gate)
        {
            _reader = buffer;
            if (_ready) return ValueTask.FromResult(Take());
            _source.Reset();
            return new ValueTask<int>(this, _source.Version);
        }
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        lock (_gate)
        {
            buffer.Span[..2].CopyTo(_answer);
            _ready = true;
            if (!_reader.IsEmpty) _source.SetResult(Take());
        }

        return ValueTask.CompletedTask;
    }

    public int GetResult(short token) => _source.GetResult(token);

    public ValueTaskSourceStatus GetStatus(short token) => _source.GetStatus(token);

    public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _source.OnCompleted(continuation, state, token, flags);

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    private int Take()
    {
        _answer.CopyTo(_reader);
        _reader = default;
        _ready = false;
        return _answer.Length;
    }
}
