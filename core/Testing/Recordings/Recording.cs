namespace BridgeFramework.Testing;

/// <summary>What was said, in order, and a way to wait for what will be.</summary>
/// <remarks>Safe to use from any thread. Nothing is lost between looking and waiting: a wait looks at what is recorded first.</remarks>
/// <typeparam name="TEntry">What is recorded.</typeparam>
public sealed class Recording<TEntry>
{
    private readonly Lock _gate = new();
    private readonly List<TEntry> _entries = [];
    private TaskCompletionSource _grown = NewSignal();

    internal Recording()
    {
    }

    /// <summary>How much is recorded. Give it to <see cref="WaitAsync"/> to look at what comes from now on only.</summary>
    public int Count
    {
        get
        {
            lock (_gate) return _entries.Count;
        }
    }

    /// <summary>Copies what is recorded.</summary>
    public IReadOnlyList<TEntry> ToList()
    {
        lock (_gate) return [.. _entries];
    }

    /// <summary>Waits for the first entry that fits, recorded before or to come.</summary>
    /// <param name="fits">What is waited for.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <param name="from">Entries before this one are not looked at.</param>
    /// <exception cref="OperationCanceledException">Gave up.</exception>
    public async Task<TEntry> WaitAsync(Func<TEntry, bool> fits, CancellationToken cancellationToken, int from = 0)
    {
        ArgumentNullException.ThrowIfNull(fits);
        while (true)
        {
            Task grown;
            lock (_gate)
            {
                for (; from < _entries.Count; from++) if (fits(_entries[from])) return _entries[from];
                grown = _grown.Task;
            }

            await grown.WaitAsync(cancellationToken);
        }
    }

    internal void Add(TEntry entry)
    {
        TaskCompletionSource grown;
        lock (_gate)
        {
            _entries.Add(entry);
            grown = _grown;
            _grown = NewSignal();
        }

        grown.SetResult();
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
