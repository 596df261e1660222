namespace BridgeFramework.Runtime;

/// <summary>How fast bytes may come, over all downloads. Safe from any thread.</summary>
/// <param name="perSecond">Bytes a second, to begin with; 0 for no limit.</param>
/// <param name="time">The clock.</param>
internal sealed class ByteRate(long perSecond, TimeProvider time)
{
    private readonly Lock _gate = new();
    private long _perSecond = perSecond;
    private TimeSpan _freeAt; // when the bytes taken so far are paid for

    /// <summary>So many from now on. Who waits already keeps its time.</summary>
    public void Become(long pace) => Volatile.Write(ref _perSecond, pace);

    /// <summary>Waits until that many bytes may come. Who asks first, gets first.</summary>
    public Task TakeAsync(int bytes, CancellationToken cancellationToken)
    {
        long pace = Volatile.Read(ref _perSecond);
        if (pace == 0) return Task.CompletedTask;
        TimeSpan wait;
        lock (_gate)
        {
            var now = time.GetElapsedTime(0);
            if (_freeAt < now) _freeAt = now;
            _freeAt += TimeSpan.FromSeconds((double)bytes / pace);
            wait = _freeAt - now;
        }

        return Task.Delay(wait, time, cancellationToken);
    }
}
