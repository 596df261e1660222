using System.Threading.Channels;
using Microsoft.Extensions.Time.Testing;

namespace BridgeFramework.IotHub.Tests;

/// <summary>A clock that tells when the code has armed a timer, so that a test never advances it too early.</summary>
internal sealed class TestTime() : FakeTimeProvider(Noon)
{
    public static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private readonly Channel<TimeSpan> _armed = Channel.CreateUnbounded<TimeSpan>();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = base.CreateTimer(callback, state, dueTime, period);
        if (dueTime > TimeSpan.Zero && period == Timeout.InfiniteTimeSpan) _armed.Writer.TryWrite(dueTime);
        return timer;
    }

    /// <summary>Drops the oldest note of an armed timer; false if there is none.</summary>
    public bool ForgetArmed() => _armed.Reader.TryRead(out _);

    /// <summary>Waits until a timer of this length has been armed; others, and those that repeat, are skipped.</summary>
    public async Task ArmedAsync(TimeSpan due) => await ArmedAsync(armed => armed == due, $"a timer of {due}");

    public async Task<TimeSpan> ArmedAsync(Predicate<TimeSpan> matches, string what)
    {
        while (true)
        {
            var armed = await Guard.Of(_armed.Reader.ReadAsync(TestContext.Current.CancellationToken).AsTask(), $"{what} armed");
            if (matches(armed)) return armed;
        }
    }
}
