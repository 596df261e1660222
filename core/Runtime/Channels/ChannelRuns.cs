namespace BridgeFramework.Runtime;

/// <summary>Runs channels side by side, those of the start and those that come later. One that ends by itself does so through a bug:
/// then all end, and the bug is seen.</summary>
internal sealed class ChannelRuns
{
    private readonly Lock _gate = new();
    private readonly Dictionary<ChannelSupervisor, Run> _runs = [];
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private CancellationToken _stopping;
    private bool _isRunning;

    /// <summary>Runs channels until told to stop.</summary>
    /// <param name="first">Those that are there at the start.</param>
    /// <param name="stopping">Ends all.</param>
    public async Task RunAsync(IEnumerable<ChannelSupervisor> first, CancellationToken stopping)
    {
        using var together = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        lock (_gate)
        {
            (_stopping, _isRunning) = (together.Token, true);
            foreach (var channel in first) Begin(channel);
        }

        await _ended.Task.WaitAsync(stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await together.CancelAsync();
        Run[] runs;
        lock (_gate)
        {
            _isRunning = false;
            runs = [.. _runs.Values];
        }

        await Task.WhenAll(runs.Select(run => run.Task));
        foreach (var run in runs) run.Stop.Dispose();
        stopping.ThrowIfCancellationRequested();
    }

    /// <summary>Begins to run one more channel.</summary>
    /// <exception cref="OperationCanceledException">None runs any more.</exception>
    public void Start(ChannelSupervisor channel)
    {
        lock (_gate)
        {
            if (!_isRunning) throw new OperationCanceledException("The channels have been stopped.");
            Begin(channel);
        }
    }

    /// <summary>Ends a channel; the sub-devices count as they did. Ends when nothing of it runs.</summary>
    public async Task StopAsync(ChannelSupervisor channel, CancellationToken cancellationToken)
    {
        channel.Standing.Leave();
        await channel.HoldAsync(MoveReason.Plan, cancellationToken);
        Run? run;
        lock (_gate)
            if (!_runs.Remove(channel, out run)) return;
        await run.Stop.CancelAsync();
        await run.Task;
        run.Stop.Dispose();
    }

    private void Begin(ChannelSupervisor channel)
    {
#pragma warning disable IDISP001, IDISP003 // Disposed with its run.
        var stop = CancellationTokenSource.CreateLinkedTokenSource(_stopping);
#pragma warning restore IDISP001, IDISP003
        var run = new Run(stop, channel.RunAsync(stop.Token));
        _runs.Add(channel, run);
        // Not awaited: it cannot fail.
        _ = FollowAsync(run);
    }

    private async Task FollowAsync(Run run)
    {
        await run.Task.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!run.Stop.IsCancellationRequested) _ended.TrySetResult();
    }

    private sealed record Run(CancellationTokenSource Stop, Task Task);
}
