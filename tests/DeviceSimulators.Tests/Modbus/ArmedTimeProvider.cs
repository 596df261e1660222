using System.Threading.Channels;
using Microsoft.Extensions.Time.Testing;

namespace BridgeFramework.DeviceSimulators.Tests;

/// <summary>A fake clock that tells when somebody begins to wait on it, so that it is not advanced too early.</summary>
internal sealed class ArmedTimeProvider : FakeTimeProvider
{
    private readonly Channel<TimeSpan> _armed = Channel.CreateUnbounded<TimeSpan>();

    public ChannelReader<TimeSpan> Armed => _armed.Reader;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = base.CreateTimer(callback, state, dueTime, period);
        _armed.Writer.TryWrite(dueTime);
        return timer;
    }
}
