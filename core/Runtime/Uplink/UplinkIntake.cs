using System.Buffers;
using BridgeFramework.Outbox;
using Microsoft.Extensions.ObjectPool;

namespace BridgeFramework.Runtime;

/// <summary>Turns what drivers report into records of the outbox. Each sub-device has a lane of its own, named by its id.</summary>
internal sealed class UplinkIntake(IOutbox outbox, TimeProvider time)
{
    private readonly ObjectPool<ArrayBufferWriter<byte>> _buffers = new DefaultObjectPool<ArrayBufferWriter<byte>>(new BufferPolicy());

    public async ValueTask ReportAsync(string lane, ReadOnlyMemory<PointValue> values, CancellationToken cancellationToken)
    {
        var buffer = _buffers.Get();
        UplinkRecord.WriteSamples(buffer, time.GetUtcNow(), values.Span);
        await outbox.AppendAsync(lane, buffer.WrittenMemory, values.Length, cancellationToken);
        _buffers.Return(buffer);
    }

    public async ValueTask ReportEventAsync(string lane, DeviceEvent happened, CancellationToken cancellationToken)
    {
        var buffer = _buffers.Get();
        UplinkRecord.WriteEvent(buffer, time.GetUtcNow(), happened);
        await outbox.AppendAsync(lane, buffer.WrittenMemory, items: 1, cancellationToken);
        _buffers.Return(buffer);
    }

    private sealed class BufferPolicy : IPooledObjectPolicy<ArrayBufferWriter<byte>>
    {
        private const int LargestKept = 64 * 1024;

        public ArrayBufferWriter<byte> Create() => new(1024);

        public bool Return(ArrayBufferWriter<byte> obj)
        {
            obj.ResetWrittenCount();
            return obj.Capacity <= LargestKept;
        }
    }
}
