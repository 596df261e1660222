using System.Buffers;
using System.Collections.Frozen;
using System.Threading.Channels;
using BridgeFramework.Configuration;
using BridgeFramework.Outbox;
using Microsoft.Extensions.ObjectPool;

namespace BridgeFramework.Runtime;

/// <summary>Turns what drivers report into records of the outbox: applies the report policy, stamps, appends.</summary>
internal sealed class UplinkIntake
{
    private const int DueAtOnce = 64;
    private static readonly TimeSpan DueTick = TimeSpan.FromMilliseconds(100);
    private readonly IOutbox _outbox;
    private readonly BootTimes _clock;
    private readonly TimeProvider _time;
    private readonly long _began;
    private readonly Channel<bool> _applied = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private volatile FrozenDictionary<string, UplinkSource> _sources;
    private readonly ObjectPool<ArrayBufferWriter<byte>> _buffers = new DefaultObjectPool<ArrayBufferWriter<byte>>(new BufferPolicy());

    /// <param name="outbox">Where records go.</param>
    /// <param name="clock">Stamps them.</param>
    /// <param name="devices">Whose they are.</param>
    /// <param name="badInterval">When the same bad quality of a point goes again; zero: as often as it is reported.</param>
    /// <param name="time">The clock.</param>
    public UplinkIntake(
        IOutbox outbox, BootTimes clock, IEnumerable<SubDevicePlan> devices, TimeSpan badInterval, TimeProvider time)
    {
        (_outbox, _clock, _time, _began) = (outbox, clock, time, time.GetTimestamp());
        _sources = SourcesOf(devices, badInterval, FrozenDictionary<string, UplinkSource>.Empty);
        outbox.Dropped = Dropped;
    }

    private long Now => (long)_time.GetElapsedTime(_began).TotalMilliseconds;

    /// <summary>Takes over which sub-devices report from now on. What is known of one that reports as before is kept.</summary>
    /// <remarks>For one caller at a time. What is held back of one that has left, or reports in another way now, goes at once. Late
    /// reports of one that has left are refused, and counted as such.</remarks>
    /// <param name="devices">The sub-devices.</param>
    /// <param name="badInterval">When the same bad quality of a point goes again; zero: as often as it is reported.</param>
    public async ValueTask ApplyAsync(IEnumerable<SubDevicePlan> devices, TimeSpan badInterval)
    {
        var before = _sources;
        var sources = SourcesOf(devices, badInterval, before);
        _sources = sources;
        _applied.Writer.TryWrite(true);
        foreach (var source in before.Values)
        {
            var now = sources.GetValueOrDefault(source.Owner);
            if (ReferenceEquals(now, source)) continue;
            DueValue[] heldBack = [.. source.Retire(Now, hasLeft: now is null)];
            await ReportDueAsync(source, heldBack, CancellationToken.None);
        }
    }

    /// <exception cref="KeyNotFoundException">It is not configured.</exception>
    public UplinkSource SourceOf(SubDeviceId id) => _sources[id.ToString()];

    public async ValueTask ReportAsync(UplinkSource source, ReadOnlyMemory<PointValue> values, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested(); // before anything counts as sent
        if (source.HasLeft)
        {
            _outbox.Refuse(source.Owner, values.Length);
            return;
        }

        if (source.LetsAllGo(values.Span))
        {
            await AppendAsync(source, values, filtered: 0, cancellationToken);
            return;
        }

        var kept = ArrayPool<PointValue>.Shared.Rent(values.Length);
        try
        {
            int count = source.Filter(values.Span, Now, kept);
            if (count == 0) _outbox.Filter(source.Owner, values.Length);
            else await AppendAsync(source, kept.AsMemory(0, count), values.Length - count, cancellationToken);
        }
        finally
        {
            ArrayPool<PointValue>.Shared.Return(kept, clearArray: true); // or it would hold on to a plugin's definitions
        }
    }

    public async ValueTask ReportEventAsync(UplinkSource source, DeviceEvent happened, CancellationToken cancellationToken)
    {
        if (source.HasLeft)
        {
            _outbox.Refuse(source.Owner, items: 1);
            return;
        }

        var buffer = _buffers.Get();
        UplinkRecord.WriteEvent(buffer, _clock.Now, happened);
        await _outbox.AppendAsync(source.Owner, buffer.WrittenMemory, items: 1, filtered: 0, cancellationToken);
        _buffers.Return(buffer);
    }

    /// <summary>Reports what policies have held back, when it is due.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        try
        {
            while (true)
            {
                var sources = _sources;
                if (sources.Values.Any(source => source.HoldsBack)) await ReportDueAsync(sources, stopping);
                else await _applied.Reader.ReadAsync(stopping);
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // What is held back has been counted as filtered.
        }
    }

    private static FrozenDictionary<string, UplinkSource> SourcesOf(
        IEnumerable<SubDevicePlan> devices, TimeSpan badInterval, FrozenDictionary<string, UplinkSource> before) => devices
        .Select(device => before.GetValueOrDefault(device.Id.ToString()) is { } source && source.Fits(device, badInterval)
            ? source
            : new UplinkSource(device, badInterval))
        .ToFrozenDictionary(source => source.Owner, StringComparer.Ordinal);

    /// <summary>Reports what is due of some sources, until there are others.</summary>
    private async Task ReportDueAsync(FrozenDictionary<string, UplinkSource> sources, CancellationToken stopping)
    {
        UplinkSource[] holding = [.. sources.Values.Where(source => source.HoldsBack)];
        var due = new DueValue[DueAtOnce];
        using var timer = new PeriodicTimer(DueTick, _time);
        while (ReferenceEquals(sources, _sources) && await timer.WaitForNextTickAsync(stopping))
            foreach (var source in holding)
                while (source.TakeDue(Now, due) is > 0 and var count) await ReportDueAsync(source, due.AsMemory(0, count), stopping);
    }

    private async Task ReportDueAsync(UplinkSource source, ReadOnlyMemory<DueValue> due, CancellationToken cancellationToken)
    {
        // Those reported at one moment are one set.
        for (int start = 0; start < due.Length;)
        {
            long reportedAt = due.Span[start].ReportedAt;
            int end = start + 1;
            while (end < due.Length && due.Span[end].ReportedAt == reportedAt) end++;
            var values = new PointValue[end - start];
            for (int i = start; i < end; i++) values[i - start] = due.Span[i].Value;
            var stamp = _clock.Now;
            await AppendAsync(
                source, values, filtered: 0, stamp with { Steady = Math.Max(0, stamp.Steady - (Now - reportedAt)) }, cancellationToken);
            start = end;
        }
    }

    private ValueTask AppendAsync(UplinkSource source, ReadOnlyMemory<PointValue> values, int filtered,
        CancellationToken cancellationToken) =>
        AppendAsync(source, values, filtered, _clock.Now, cancellationToken);

    private async ValueTask AppendAsync(
        UplinkSource source, ReadOnlyMemory<PointValue> values, int filtered, SampleStamp stamp, CancellationToken cancellationToken)
    {
        var buffer = _buffers.Get();
        AppendResult result;
        try
        {
            UplinkRecord.WriteSamples(buffer, stamp, values.Span);
            result = await _outbox.AppendAsync(source.Owner, buffer.WrittenMemory, values.Length, filtered, cancellationToken);
        }
        catch
        {
            source.Lost(values.Span, Now);
            throw;
        }

        _buffers.Return(buffer);
        source.Settled(values.Span, result, Now);
    }

    private void Dropped(OutboxDrop drop)
    {
        // Of sub-devices that are not configured any more something may wait all the same.
        if (_sources.TryGetValue(drop.Lane.Owner, out var source)) source.Dropped(drop, Now);
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
