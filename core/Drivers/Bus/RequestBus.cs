using System.Threading.Tasks.Sources;

namespace BridgeFramework.Drivers;

/// <summary>Gives out turns on a line, the most urgent first.</summary>
/// <remarks>
/// <para>Commands go ahead of transfers and these ahead of polls; within one priority, first come first served. After
/// <see cref="UpperInARow"/> turns in a row for the upper two while a poll was waiting, one poll is let through.</para>
/// <para>Safe to call from any thread. Allocates nothing in steady state.</para>
/// </remarks>
public sealed class RequestBus
{
    /// <summary>So many turns may commands and transfers take in a row while a poll waits.</summary>
    public const int UpperInARow = 8;

    private readonly Lock _gate = new();
    private readonly LinkedList<Waiter>[] _waiting = [new(), new(), new()];
    private readonly Stack<Waiter> _spare = new();
    private readonly int _maxWaiting;
    private int _free;
    private int _upperInARow;

    /// <summary>Makes a bus.</summary>
    /// <param name="turns">How many requests the line takes at a time; 1 or more.</param>
    /// <param name="maxWaiting">How many may wait in each priority; 1 or more.</param>
    public RequestBus(int turns, int maxWaiting = 64)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(turns);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(maxWaiting);
        _free = turns;
        _maxWaiting = maxWaiting;
    }

    /// <summary>How many wait for a turn.</summary>
    public int Waiting
    {
        get
        {
            lock (_gate) return _waiting.Sum(w => w.Count);
        }
    }

    /// <summary>Waits for a turn.</summary>
    /// <param name="priority">How urgent it is.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <returns>The turn; dispose it once when the line is free again. Await the task once.</returns>
    /// <exception cref="OperationCanceledException">Gave up; no turn was taken.</exception>
    /// <exception cref="DriverException">Too many are waiting already.</exception>
    public ValueTask<BusTurn> EnterAsync(BusPriority priority, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Waiter waiter;
        lock (_gate)
        {
            if (_free > 0)
            {
                _free--;
                return new ValueTask<BusTurn>(new BusTurn(this));
            }

            var queue = _waiting[(int)priority];
            if (queue.Count >= _maxWaiting)
                throw new DriverException($"The line is overloaded: {queue.Count} requests of priority {priority} wait already. Ask less "
                    + "often, or give the line fewer devices.");
            if (!_spare.TryPop(out waiter!)) waiter = new Waiter(this);
            queue.AddLast(waiter.Node);
        }

        return waiter.WaitAsync(cancellationToken);
    }

    internal void Release()
    {
        Waiter? next;
        lock (_gate)
        {
            next = TakeNext();
            if (next is null) _free++;
        }

        next?.Grant();
    }

    private Waiter? TakeNext()
    {
        var polls = _waiting[(int)BusPriority.Poll];
        var upper = _waiting[(int)BusPriority.Command];
        if (upper.Count == 0) upper = _waiting[(int)BusPriority.Transfer];
        if (polls.Count == 0) _upperInARow = 0;
        bool poll = polls.Count > 0 && (upper.Count == 0 || _upperInARow >= UpperInARow);
        var queue = poll ? polls : upper;
        if (queue.First is not { } first) return null;
        if (poll) _upperInARow = 0;
        else if (polls.Count > 0) _upperInARow++;
        queue.Remove(first);
        return first.Value;
    }

    private void GiveUp(Waiter waiter, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            // Granted a moment before: the turn is there, and is better used than lost.
            if (waiter.Node.List is not { } queue) return;
            queue.Remove(waiter.Node);
        }

        waiter.Cancel(cancellationToken);
    }

    private sealed class Waiter : IValueTaskSource<BusTurn>
    {
        private readonly RequestBus _bus;
        private ManualResetValueTaskSourceCore<BusTurn> _source = new() { RunContinuationsAsynchronously = true };
#pragma warning disable IDISP002, IDISP003, IDISP006 // A waiter is reused: each wait's registration is disposed in GetResult.
        private CancellationTokenRegistration _registration;

        public Waiter(RequestBus bus)
        {
            _bus = bus;
            Node = new LinkedListNode<Waiter>(this);
        }

        public LinkedListNode<Waiter> Node { get; }

        public ValueTask<BusTurn> WaitAsync(CancellationToken cancellationToken)
        {
            short version = _source.Version;
            _registration = cancellationToken.UnsafeRegister(
                static (waiter, token) => ((Waiter)waiter!)._bus.GiveUp((Waiter)waiter, token), this);
            return new ValueTask<BusTurn>(this, version);
        }

#pragma warning restore IDISP002, IDISP003, IDISP006
#pragma warning disable IDISP004 // The turn is the awaiter's to dispose.
        public void Grant() => _source.SetResult(new BusTurn(_bus));
#pragma warning restore IDISP004

        public void Cancel(CancellationToken cancellationToken) => _source.SetException(new OperationCanceledException(cancellationToken));

        public BusTurn GetResult(short token)
        {
            // Waits for a cancellation that is under way, so that it cannot reach the next user of this waiter.
            _registration.Dispose();
            try
            {
                return _source.GetResult(token);
            }
            finally
            {
                _source.Reset();
                lock (_bus._gate) _bus._spare.Push(this);
            }
        }

        public ValueTaskSourceStatus GetStatus(short token) => _source.GetStatus(token);

        public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
            _source.OnCompleted(continuation, state, token, flags);
    }
}
