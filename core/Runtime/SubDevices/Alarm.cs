namespace BridgeFramework.Runtime;

/// <summary>A timer that goes off once and can be set again. All members are used under one lock; it rings under that lock too.</summary>
internal sealed class Alarm(TimeProvider time, Lock gate, Action ring) : IDisposable
{
    private ITimer? _timer;
    private int _setting;

    public bool IsSet => _timer is not null;

    public void Set(TimeSpan wait)
    {
        int setting = ++_setting;
        _timer?.Dispose();
        _timer = time.CreateTimer(_ => Ring(setting), state: null, wait, Timeout.InfiniteTimeSpan);
    }

    public void Clear()
    {
        _setting++;
        _timer?.Dispose();
        _timer = null;
    }

    public void Dispose() => Clear();

    private void Ring(int setting)
    {
        lock (gate)
        {
            // It was set anew, or cleared, while this ring waited for the lock.
            if (setting != _setting) return;
            Clear();
            ring();
        }
    }
}
