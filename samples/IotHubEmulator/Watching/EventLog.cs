using System.Runtime.CompilerServices;

namespace BridgeFramework.IotHubEmulator;

/// <summary>A bounded, numbered list that can be watched; when it is full the oldest entry goes. Safe from any thread.</summary>
internal sealed class EventLog<T>(int capacity)
    where T : class
{
    private readonly Lock _lock = new();
    private readonly Queue<T> _entries = new();
    private readonly ChangeSignal _appended = new();
    private long _lastSequence;

    /// <returns>The number of the entry.</returns>
    public long Append(Func<long, T> create)
    {
        long sequence;
        lock (_lock)
        {
            if (_entries.Count == capacity) _entries.Dequeue();
            sequence = ++_lastSequence;
            _entries.Enqueue(create(sequence));
        }

        _appended.Raise();
        return sequence;
    }

    /// <summary>The entries with a sequence number above <paramref name="sequence"/> that are still kept, oldest first.</summary>
    public IReadOnlyList<T> After(long sequence)
    {
        lock (_lock)
        {
            long firstKept = _lastSequence - _entries.Count + 1;
            return [.. _entries.Skip((int)Math.Clamp(sequence + 1 - firstKept, 0, _entries.Count))];
        }
    }

    /// <summary>The entries after <paramref name="sequence"/>, then each new one. A watcher slower than the ring misses entries.</summary>
    public async IAsyncEnumerable<T> WatchAsync(long sequence, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        while (true)
        {
            var next = _appended.Next;   // taken before looking, so that nothing falls between
            IReadOnlyList<T> entries;
            long last;
            lock (_lock)
            {
                entries = After(sequence);
                last = _lastSequence;
            }

            foreach (var entry in entries) yield return entry;
            sequence = Math.Max(sequence, last);
            if (entries.Count == 0) await next.WaitAsync(cancellationToken);
            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    /// <summary>The first entry after <paramref name="sequence"/> for which <paramref name="predicate"/> holds, now or later.</summary>
    public async Task<T> FirstAsync(Func<T, bool> predicate, long sequence, CancellationToken cancellationToken)
    {
        await foreach (var entry in WatchAsync(sequence, cancellationToken))
            if (predicate(entry)) return entry;
        throw new OperationCanceledException(cancellationToken);
    }
}
