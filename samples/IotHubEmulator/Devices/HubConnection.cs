using System.Net;

namespace BridgeFramework.IotHubEmulator;

/// <summary>One accepted connection of a gateway, told from its predecessor by the peer's end point. Disposed when it is over.</summary>
internal sealed class HubConnection : IDisposable
{
    private const int MaxOutstandingAnswers = 1000;
    private readonly CancellationTokenSource _closed = new();
    private Task _lastAnswer = Task.CompletedTask;
    private int _outstanding;
    private int _disposed;

    public HubConnection(HubDeviceId gateway, EndPoint remote, TimeProvider time)
    {
        Gateway = gateway;
        Remote = remote;
        Closed = _closed.Token;
        Publishes = new RateWindow(time, limit: 20, TimeSpan.FromSeconds(1));
    }

    public HubDeviceId Gateway { get; }
    public EndPoint Remote { get; }

    /// <summary>Cancelled when the connection is over; usable after disposal.</summary>
    public CancellationToken Closed { get; }

    // These two are touched by this connection's receive loop only.
    public RateWindow Publishes { get; }
    public HashSet<string> Subscriptions { get; } = new(StringComparer.Ordinal);

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0) return;
        _closed.Cancel();
        _closed.Dispose();
    }

    /// <summary>Reserves a place for one more answer; false when a gateway asks faster than it is answered.</summary>
    public bool TryBeginAnswer()
    {
        if (Interlocked.Increment(ref _outstanding) <= MaxOutstandingAnswers) return true;
        Interlocked.Decrement(ref _outstanding);
        return false;
    }

    public void EndAnswer() => Interlocked.Decrement(ref _outstanding);

    /// <summary>Puts <paramref name="send"/> behind the answers already waiting, so that equal delays keep their order.</summary>
    public Task Enqueue(Func<Task, Task> send)
    {
        // Requests of one connection are handled one after another, so nobody else replaces the tail meanwhile.
        return _lastAnswer = send(_lastAnswer);
    }
}
