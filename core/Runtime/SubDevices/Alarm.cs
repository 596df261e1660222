namespace BridgeFramework.Runtime;

/// <summary>A timer that goes off once and can be set again. All members are used under one lock; it rings under that lock too.</summary>
#pragma warning disable CA1001 // Clear lets go of the timer, and it is cleared and set again all the time
internal sealed class Alarm(TimeProvider time, Lock gate, Action ring)
#pragma warning restore CA1001
{
#pragma warning disable IDISP006 // as above
    private ITimer? _timer;
#pragma warning restore IDISP006
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
