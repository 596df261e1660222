namespace BridgeFramework.Runtime;

/// <summary>A timer that goes off once and can be set again. Not safe for several threads.</summary>
internal sealed class Alarm : IDisposable
{
    private ITimer? _timer;

    public bool IsSet => _timer is not null;

    public void Set(TimeProvider time, TimeSpan wait, Action ring)
    {
        _timer?.Dispose();
        _timer = time.CreateTimer(_ => ring(), state: null, wait, Timeout.InfiniteTimeSpan);
    }

    public void Clear()
    {
        _timer?.Dispose();
        _timer = null;
    }

    public void Dispose() => Clear();
}
