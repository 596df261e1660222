using System.Threading.Channels;
using Microsoft.Extensions.Time.Testing;

namespace BridgeFramework.Runtime.Tests;

/// <summary>A fake clock that tells which timers were armed, so that a test moves it on only after the code has begun to wait.</summary>
internal sealed class WatchedTimeProvider() : FakeTimeProvider(DateTimeOffset.UnixEpoch.AddYears(56))
{
    private readonly Channel<TimeSpan> _armed = Channel.CreateUnbounded<TimeSpan>();

    public ChannelReader<TimeSpan> TimerArmed => _armed.Reader;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = base.CreateTimer(callback, state, dueTime, period);
        _armed.Writer.TryWrite(dueTime);
        return timer;
    }
}
