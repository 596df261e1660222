namespace BridgeFramework.Runtime;

/// <summary>Who may hand over now: so many of each channel, so many in all; who has waited longest goes first.</summary>
/// <param name="limit">How many in all.</param>
internal sealed class UpdateTurns(int limit)
{
    private readonly Lock _gate = new();
    private readonly LinkedList<Waiter> _waiters = [];
    private readonly Dictionary<string, int> _underWay = new(StringComparer.Ordinal);
    private int _total;

    /// <summary>Waits for a turn.</summary>
    /// <param name="channel">The channel.</param>
    /// <param name="concurrency">How many of it may hand over at a time.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The turn, to be disposed when it is over.</returns>
    public async Task<IDisposable> TakeAsync(string channel, int concurrency, CancellationToken cancellationToken)
    {
        var waiter = new Waiter(channel, concurrency);
        lock (_gate)
        {
            _waiters.AddLast(waiter);
            Grant();
        }

        try
        {
            await waiter.Granted.Task.WaitAsync(cancellationToken);
            return new Turn(this, channel);
        }
        catch (OperationCanceledException)
        {
            lock (_gate)
                if (!_waiters.Remove(waiter)) Release(channel); // it was granted meanwhile
            throw;
        }
    }

    private void Grant()
    {
        var node = _waiters.First;
        while (node is not null && _total < limit)
        {
            var (waiter, next) = (node.Value, node.Next);
            if (_underWay.GetValueOrDefault(waiter.Channel) < waiter.Concurrency)
            {
                _waiters.Remove(node);
                _underWay[waiter.Channel] = _underWay.GetValueOrDefault(waiter.Channel) + 1;
                _total++;
                waiter.Granted.TrySetResult();
            }

            node = next;
        }
    }

    private void Release(string channel)
    {
        lock (_gate)
        {
            _underWay[channel]--;
            _total--;
            Grant();
        }
    }

    private sealed class Waiter(string channel, int concurrency)
    {
        public string Channel => channel;
        public int Concurrency => concurrency;
        public TaskCompletionSource Granted { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    private sealed class Turn(UpdateTurns turns, string channel) : IDisposable
    {
        private int _isOver;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _isOver, 1) == 0) turns.Release(channel);
        }
    }
}
