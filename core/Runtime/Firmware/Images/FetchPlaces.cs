namespace BridgeFramework.Runtime;

/// <summary>So many downloads at a time, as many as are allowed now; who has waited longest is next. Safe from any thread.</summary>
/// <param name="count">How many, to begin with.</param>
internal sealed class FetchPlaces(int count)
{
    private readonly Lock _gate = new();
    private readonly LinkedList<TaskCompletionSource> _waiters = [];
    private int _free = count; // below zero where there are more than are allowed by now
    private int _count = count;

    /// <summary>So many from now on. Who has a place keeps it.</summary>
    public void Become(int count)
    {
        lock (_gate)
        {
            _free += count - _count;
            _count = count;
            Grant();
        }
    }

    /// <summary>Waits for a place, to be left again.</summary>
    public async Task TakeAsync(CancellationToken cancellationToken)
    {
        var granted = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            _waiters.AddLast(granted);
            Grant();
        }

        try
        {
            await granted.Task.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            lock (_gate)
            {
                if (_waiters.Remove(granted)) throw;
            }

            Leave(); // it was granted meanwhile
            throw;
        }
    }

    /// <summary>Gives a place back.</summary>
    public void Leave()
    {
        lock (_gate)
        {
            _free++;
            Grant();
        }
    }

    private void Grant()
    {
        while (_free > 0 && _waiters.First is { } first)
        {
            _waiters.RemoveFirst();
            _free--;
            first.Value.SetResult();
        }
    }
}
