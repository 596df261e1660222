using BridgeFramework.IotHub;

namespace BridgeFramework.Runtime.Tests;

/// <summary>A hub in simulated time: takes so many messages a second, and acknowledges each a little later. For one thread.</summary>
/// <param name="time">The simulation.</param>
/// <param name="pace">Time from one message to the next.</param>
/// <param name="roundTrip">Time from a message to its acknowledgement.</param>
/// <param name="arrived">Takes topic and payload at the moment of the acknowledgement.</param>
internal sealed class PacedPublisher(SimulatedTime time, TimeSpan pace, TimeSpan roundTrip,
    Action<string, ReadOnlySpan<byte>> arrived) : IUplinkPublisher
{
    private readonly Queue<(Func<HubPublish?> Make, TaskCompletionSource<bool> Done)> _asking = new();
    private TimeSpan _nextAt;
    private bool _isArmed;

    public Task<bool> PublishNextAsync(Func<HubPublish?> make, PublishPriority priority, CancellationToken cancellationToken)
    {
        var done = new TaskCompletionSource<bool>();
        _asking.Enqueue((make, done));
        Arm();
        return done.Task.WaitAsync(cancellationToken);
    }

    private void Arm()
    {
        if (_isArmed || _asking.Count == 0) return;
        _isArmed = true;
        time.After(_nextAt > time.Now ? _nextAt - time.Now : TimeSpan.Zero, Hand);
    }

    private void Hand()
    {
        _isArmed = false;
        var (make, done) = _asking.Dequeue();
        if (make() is { } publish)
        {
            _nextAt = time.Now + pace;
            time.After(roundTrip, () =>
            {
                arrived(publish.Topic, publish.Payload.Span);
                done.SetResult(true);
            });
        }
        else
        {
            done.SetResult(false);
        }

        Arm();
    }
}
