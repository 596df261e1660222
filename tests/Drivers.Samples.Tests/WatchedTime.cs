using System.Threading.Channels;
using Microsoft.Extensions.Time.Testing;

namespace BridgeFramework.Drivers.Samples.Tests;

/// <summary>A fake clock that tells which timers were armed, so that a test moves it on only after the code has begun to wait.</summary>
internal sealed class WatchedTime() : FakeTimeProvider(DateTimeOffset.UnixEpoch.AddYears(56))
{
    private readonly Channel<TimeSpan> _armed = Channel.CreateUnbounded<TimeSpan>();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = base.CreateTimer(callback, state, dueTime, period);
        _armed.Writer.TryWrite(dueTime);
        return timer;
    }

    /// <summary>Waits until a timer of that length is armed, now or since the last call.</summary>
    public async Task ArmedAsync(TimeSpan length, CancellationToken cancellationToken)
    {
        while (await _armed.Reader.ReadAsync(cancellationToken).AsTask().OrFail($"a timer of {length} is armed") != length)
        {
        }
    }
}
