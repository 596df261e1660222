namespace BridgeFramework.IotHubEmulator;

/// <summary>Something that goes wrong a number of times.</summary>
internal interface IStriking<out T>
{
    int Times { get; }

    T WithTimes(int times);
}

/// <summary>What is still to go wrong, in the order it was asked for. Safe from any thread.</summary>
internal sealed class StrikeList<T>
    where T : class, IStriking<T>
{
    private const int Capacity = 1000;
    private readonly Lock _lock = new();
    private readonly List<T> _faults = [];

    /// <summary>The faults left, each with the times it still strikes.</summary>
    public IReadOnlyList<T> Pending
    {
        get { lock (_lock) return [.. _faults]; }
    }

    /// <exception cref="ArgumentException">It strikes less than once, or there are too many faults.</exception>
    public void Add(T fault)
    {
        if (fault.Times < 1) throw new ArgumentException($"A fault strikes 1 time or more, not {fault.Times}.", nameof(fault));
        lock (_lock)
        {
            if (_faults.Count == Capacity)
                throw new ArgumentException($"There are {Capacity} faults already; clear them first.", nameof(fault));
            _faults.Add(fault);
        }
    }

    public void Clear()
    {
        lock (_lock) _faults.Clear();
    }

    /// <summary>Takes one strike of the first fault that matches.</summary>
    public T? Take(Predicate<T> matches)
    {
        lock (_lock)
        {
            int index = _faults.FindIndex(matches);
            if (index < 0) return null;
            var fault = _faults[index];
            if (fault.Times == 1) _faults.RemoveAt(index);
            else _faults[index] = fault.WithTimes(fault.Times - 1);
            return fault;
        }
    }
}
