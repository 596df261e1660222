namespace BridgeFramework.Runtime;

/// <summary>Who may hand over now: so many of each channel, so many in all; who has waited longest goes first. Devices that come for their
/// images by themselves count in their channel only: a hundred that sleep are not to keep the others waiting.</summary>
/// <param name="limit">How many in all.</param>
internal sealed class UpdateTurns(int limit)
{
    private readonly Lock _gate = new();
    private readonly LinkedList<Waiter> _waiters = [];
    private readonly Dictionary<string, int> _underWay = new(StringComparer.Ordinal);
    private int _limit = limit;
    private int _total;

    /// <summary>So many in all from now on. Who has a turn keeps it.</summary>
    public void Become(int limit)
    {
        lock (_gate)
        {
            _limit = limit;
            Grant();
        }
    }

    /// <summary>Waits for a turn.</summary>
    /// <param name="target">The device, by its channel.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The turn, to be disposed when it is over.</returns>
    public async Task<IDisposable> TakeAsync(IUpdateTarget target, CancellationToken cancellationToken)
    {
        var waiter = new Waiter(target.Channel, target.Concurrency, target.Offers ? 0 : 1);
        lock (_gate)
        {
            _waiters.AddLast(waiter);
            Grant();
        }

        try
        {
            await waiter.Granted.Task.WaitAsync(cancellationToken);
            return new Turn(this, waiter);
        }
        catch (OperationCanceledException)
        {
            lock (_gate)
                if (!_waiters.Remove(waiter)) Release(waiter); // it was granted meanwhile
            throw;
        }
    }

    private void Grant()
    {
        var node = _waiters.First;
        while (node is not null)
        {
            var (waiter, next) = (node.Value, node.Next);
            int underWay = _underWay.GetValueOrDefault(waiter.Channel);
            if (underWay < waiter.Concurrency && _total + waiter.Weight <= _limit)
            {
                _waiters.Remove(node);
                _underWay[waiter.Channel] = underWay + 1;
                _total += waiter.Weight;
                waiter.Granted.TrySetResult();
            }

            node = next;
        }
    }

    private void Release(Waiter waiter)
    {
        lock (_gate)
        {
            _underWay[waiter.Channel]--;
            _total -= waiter.Weight;
            Grant();
        }
    }

    /// <param name="channel">The channel.</param>
    /// <param name="concurrency">How many of it may hand over at a time.</param>
    /// <param name="weight">How much it counts in all.</param>
    private sealed class Waiter(string channel, int concurrency, int weight)
    {
        public string Channel => channel;
        public int Concurrency => concurrency;
        public int Weight => weight;
        public TaskCompletionSource Granted { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    private sealed class Turn(UpdateTurns turns, Waiter waiter) : IDisposable
    {
        private int _isOver;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _isOver, 1) == 0) turns.Release(waiter);
        }
    }
}
