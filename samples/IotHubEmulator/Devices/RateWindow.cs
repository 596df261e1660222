namespace BridgeFramework.IotHubEmulator;

/// <summary>At most so many events in any window of a length. Not safe for concurrent use.</summary>
internal sealed class RateWindow(TimeProvider time, int limit, TimeSpan window)
{
    private readonly Queue<long> _events = new();

    public bool TryTake()
    {
        while (_events.TryPeek(out long oldest) && time.GetElapsedTime(oldest) >= window) _events.Dequeue();
        if (_events.Count >= limit) return false;
        _events.Enqueue(time.GetTimestamp());
        return true;
    }
}
