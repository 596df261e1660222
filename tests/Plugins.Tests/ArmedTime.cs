using System.Threading.Channels;
using Microsoft.Extensions.Time.Testing;

namespace BridgeFramework.Plugins.Tests;

/// <summary>A clock that says when a timer was set, so that a test moves it only after that.</summary>
internal sealed class ArmedTime : FakeTimeProvider
{
    private readonly Channel<TimeSpan> _armed = Channel.CreateUnbounded<TimeSpan>();

    /// <summary>Ends when the next timer is set. The guard is real time: it only says which step did not happen.</summary>
    public Task ArmedAsync(CancellationToken cancellationToken) =>
        _armed.Reader.ReadAsync(cancellationToken).AsTask().WaitAsync(TimeSpan.FromSeconds(20), System, cancellationToken);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = base.CreateTimer(callback, state, dueTime, period);
        _armed.Writer.TryWrite(dueTime);
        return timer;
    }
}
