namespace BridgeFramework.Runtime;

/// <summary>Turns with a least time between two. Safe from any thread; who asks first goes first.</summary>
/// <param name="spacing">The least time; zero for none.</param>
/// <param name="time">The clock.</param>
internal sealed class SpacedTurns(TimeSpan spacing, TimeProvider time)
{
    private readonly Lock _gate = new();
    private TimeSpan _next;

    public Task NextAsync(CancellationToken cancellationToken)
    {
        if (spacing <= TimeSpan.Zero) return Task.CompletedTask;
        TimeSpan wait;
        lock (_gate)
        {
            var now = time.GetElapsedTime(0);
            var at = _next > now ? _next : now;
            _next = at + spacing;
            wait = at - now;
        }

        return wait > TimeSpan.Zero ? Task.Delay(wait, time, cancellationToken) : Task.CompletedTask;
    }
}
