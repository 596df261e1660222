using Microsoft.Extensions.Time.Testing;

namespace BridgeFramework.Runtime.Tests;

/// <summary>A clock that runs faster than the real one, so that deadlines of minutes pass in seconds while sockets stay sockets.</summary>
/// <remarks>
/// It goes on in steps that the thread pool takes, each bounded: where the machine has no time for the work, the clock has none either, and
/// a deadline does not pass because another process was running. It ends with whoever holds it.
/// </remarks>
internal sealed class FasterTime : TimeProvider
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan LongestStep = TimeSpan.FromMilliseconds(20);
    private readonly FakeTimeProvider _time = new(System.GetUtcNow());

    public FasterTime(int factor) => _ = RunAsync(new WeakReference<FakeTimeProvider>(_time), factor);

    public override long TimestampFrequency => _time.TimestampFrequency;

    public override long GetTimestamp() => _time.GetTimestamp();

    public override DateTimeOffset GetUtcNow() => _time.GetUtcNow();

    /// <summary>Called back on the pool, as by the real clock.</summary>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => _time.CreateTimer(
        _ => ThreadPool.UnsafeQueueUserWorkItem(given => callback(given), state, preferLocal: false), state: null, dueTime, period);

    private static async Task RunAsync(WeakReference<FakeTimeProvider> clock, int factor)
    {
        long last = System.GetTimestamp();
        while (true)
        {
            await Task.Delay(Pause, System).ConfigureAwait(false);
            var passed = System.GetElapsedTime(last);
            last = System.GetTimestamp();
            if (!Advance(clock, (passed < LongestStep ? passed : LongestStep) * factor)) return;
        }
    }

    // A method of its own: what it holds, the loop does not.
    private static bool Advance(WeakReference<FakeTimeProvider> clock, TimeSpan step)
    {
        if (!clock.TryGetTarget(out var time)) return false;
        time.Advance(step);
        return true;
    }
}
