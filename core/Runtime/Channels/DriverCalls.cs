using System.Globalization;

namespace BridgeFramework.Runtime;

/// <summary>The calls of a channel into its driver that have not returned: each keeps a thread of the pool, whatever the driver has said
/// that it does later. Safe to use from any thread.</summary>
internal sealed class DriverCalls(TimeProvider time)
{
    /// <summary>One that takes no longer is nothing to speak of.</summary>
    private static readonly TimeSpan Noticed = TimeSpan.FromMilliseconds(250);

    private readonly Lock _gate = new();
    private readonly LinkedList<(string What, long Since)> _open = new();

    /// <summary>How many there are.</summary>
    public int Count
    {
        get
        {
            lock (_gate) return CountNoticed();
        }
    }

    private int CountNoticed() => _open.Count(call => time.GetElapsedTime(call.Since) >= Noticed);

    /// <summary>Makes a call, which counts until it returns; the task that it may give has all the time it wants.</summary>
    /// <param name="what">The method, for the operator.</param>
    /// <param name="call">Calls it.</param>
    public T Follow<T>(string what, Func<T> call)
    {
        LinkedListNode<(string, long)> entry;
        lock (_gate) entry = _open.AddLast((what, time.GetTimestamp()));
        try
        {
            return call();
        }
        finally
        {
            lock (_gate) _open.Remove(entry);
        }
    }

    /// <summary>The oldest, in words; <see langword="null"/> where none takes long.</summary>
    public string? Describe()
    {
        lock (_gate)
        {
            if (_open.First is not { Value: var (what, since) }) return null;
            var lasts = time.GetElapsedTime(since);
            if (lasts < Noticed) return null;
            int others = CountNoticed() - 1;
            string more = others > 0 ? string.Create(CultureInfo.InvariantCulture, $", and {others} more") : "";
            return string.Create(
                CultureInfo.InvariantCulture, $"{what} of its driver has not returned for {lasts.TotalSeconds:0.#} s{more}");
        }
    }
}
