namespace BridgeFramework.Runtime;

/// <summary>How fast bytes may come, over all downloads. Safe from any thread.</summary>
/// <param name="perSecond">Bytes a second; 0 for no limit.</param>
/// <param name="time">The clock.</param>
internal sealed class ByteRate(long perSecond, TimeProvider time)
{
    private readonly Lock _gate = new();
    private TimeSpan _freeAt; // when the bytes taken so far are paid for

    /// <summary>Waits until that many bytes may come. Who asks first, gets first.</summary>
    public Task TakeAsync(int bytes, CancellationToken cancellationToken)
    {
        if (perSecond == 0) return Task.CompletedTask;
        TimeSpan wait;
        lock (_gate)
        {
            var now = time.GetElapsedTime(0);
            if (_freeAt < now) _freeAt = now;
            _freeAt += TimeSpan.FromSeconds((double)bytes / perSecond);
            wait = _freeAt - now;
        }

        return Task.Delay(wait, time, cancellationToken);
    }
}
