using System.Globalization;

namespace BridgeFramework.Runtime;

/// <summary>The calls of a channel into its driver that have not returned: each keeps a thread of the pool, whatever the driver has said
/// that it does later. Safe to use from any thread.</summary>
internal sealed class DriverCalls(TimeProvider time)
{
    /// <summary>One that takes no longer is nothing to speak of.</summary>
    public static readonly TimeSpan Noticed = TimeSpan.FromMilliseconds(250);

    /// <summary>From here on it is a problem of the channel.</summary>
    public static readonly TimeSpan Tolerated = TimeSpan.FromSeconds(10);

    private const string Remedy =
        "bring a version of its plugin that does not block the thread that it is called on; a restart of the gateway frees the threads";

    private readonly Lock _gate = new();
    private readonly LinkedList<Call> _open = new();

    /// <summary>How many there are.</summary>
    public int Count
    {
        get
        {
            lock (_gate) return CountLongerThan(Noticed);
        }
    }

    /// <summary>Makes a call, which counts until it returns; the task that it may give has all the time it wants.</summary>
    /// <param name="what">The method, for the operator.</param>
    /// <param name="call">Calls it.</param>
    public T Follow<T>(string what, Func<T> call)
    {
        LinkedListNode<Call> entry;
        lock (_gate) entry = _open.AddLast(new Call(what, time.GetUtcNow(), time.GetTimestamp()));
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
            if (_open.First is not { Value: var call }) return null;
            var lasts = time.GetElapsedTime(call.SinceTimestamp);
            return lasts < Noticed ? null : string.Create(
                CultureInfo.InvariantCulture,
                $"{call.What} of its driver has not returned for {lasts.TotalSeconds:0.#} s{OthersThan(Noticed)}");
        }
    }

    /// <summary>When a call of this method began that has not returned, if it takes longer than it should.</summary>
    /// <param name="what">The method.</param>
    public (DateTimeOffset Since, long SinceTimestamp)? Find(string what)
    {
        lock (_gate)
        {
            foreach (var call in _open)
                if (call.What == what && time.GetElapsedTime(call.SinceTimestamp) >= Noticed) return (call.Since, call.SinceTimestamp);
            return null;
        }
    }

    /// <summary>What there is to say once they take longer than can be tolerated.</summary>
    public ChannelProblem? FindProblem()
    {
        lock (_gate)
        {
            if (_open.First is not { Value: var call } || time.GetElapsedTime(call.SinceTimestamp) < Tolerated) return null;
            return new ChannelProblem
            {
                What = $"{call.What} of its driver has not returned and keeps a thread{OthersThan(Tolerated)}",
                Since = call.Since,
                SinceTimestamp = call.SinceTimestamp,
                Remedy = Remedy,
            };
        }
    }

    private string OthersThan(TimeSpan least) => CountLongerThan(least) - 1 is > 0 and var others
        ? string.Create(CultureInfo.InvariantCulture, $", and {others} more") : "";

    private int CountLongerThan(TimeSpan least) => _open.Count(call => time.GetElapsedTime(call.SinceTimestamp) >= least);

    private sealed record Call(string What, DateTimeOffset Since, long SinceTimestamp);
}
