namespace BridgeFramework.Runtime.Tests;

/// <summary>Runs everything that async code leaves for later on the thread of the test, in order.</summary>
internal sealed class SingleThread : SynchronizationContext
{
    private readonly Queue<(SendOrPostCallback Callback, object? State)> _left = new();

    public override void Post(SendOrPostCallback d, object? state) => _left.Enqueue((d, state));

    /// <summary>Does something, and all that follows from it.</summary>
    public void Do(Action action)
    {
        var before = Current;
        SetSynchronizationContext(this);
        try
        {
            action();
            while (_left.TryDequeue(out var next)) next.Callback(next.State);
        }
        finally
        {
            SetSynchronizationContext(before);
        }
    }
}
