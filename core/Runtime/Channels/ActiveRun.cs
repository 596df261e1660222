using BridgeFramework.Plugins;

namespace BridgeFramework.Runtime;

/// <summary>One run of a driver, from its start to its end.</summary>
#pragma warning disable CA1001, IDISP006 // The source has no timer and so no handle; once cancelled it holds on to nobody.
internal sealed class ActiveRun
#pragma warning restore CA1001, IDISP006
{
    private readonly TaskCompletionSource _serving = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<string> _failed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _idle = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _ending = new();
    private readonly Lock _gate = new();
    private readonly HashSet<Task> _calls = [];
    private readonly LostWork _lost;
    private int _commands;
    private bool _isClosed;

    public ActiveRun(HostedChannel channel, ISubDeviceDriver driver, LoadedPlugin? plugin, DriverCalls calls, LostWork lost)
    {
        (Channel, Driver, Plugin, Calls, _lost) = (channel, driver, plugin, calls, lost);
        Ending = _ending.Token;
    }

    public HostedChannel Channel { get; }
    public ISubDeviceDriver Driver { get; }
    public LoadedPlugin? Plugin { get; }

    /// <summary>What of the driver has not returned.</summary>
    public DriverCalls Calls { get; }

    /// <summary>Cancelled when the driver is told to end.</summary>
    public CancellationToken Ending { get; }

    /// <summary>Whether the driver has said that it works, and was not told to end since.</summary>
    public bool IsServing => _serving.Task.IsCompleted && !Ending.IsCancellationRequested;

    /// <summary>Notes a command that the driver is to carry out; <see cref="Leave"/> follows.</summary>
    /// <returns><see langword="false"/> where it takes no more: the next run will.</returns>
    public bool TryEnter()
    {
        lock (_gate)
        {
            if (_isClosed) return false;
            _commands++;
            return true;
        }
    }

    /// <summary>A command has its outcome.</summary>
    public void Leave()
    {
        lock (_gate)
            if (--_commands == 0 && _isClosed) _idle.TrySetResult();
    }

    /// <summary>Notes a call into the driver that takes long, such as a firmware update: the driver is let go
    /// of after it has ended.</summary>
    public void Track(Task call)
    {
        lock (_gate)
        {
            _calls.RemoveWhere(earlier => earlier.IsCompleted);
            _calls.Add(call);
        }
    }

    /// <summary>A call into the driver was told to end; it is named for as long as it does not.</summary>
    /// <param name="what">What it is: a noun.</param>
    /// <param name="call">Its task.</param>
    public void GiveUp(string what, Task call)
    {
        if (!call.IsCompleted) _lost.Add(what, call, isJustTold: true);
    }

    /// <summary>Takes no more commands.</summary>
    /// <returns>A task that ends when those under way have their outcome.</returns>
    public Task DrainAsync()
    {
        lock (_gate)
        {
            _isClosed = true;
            if (_commands == 0) _idle.TrySetResult();
        }

        return _idle.Task;
    }

    /// <summary>The driver has said that it works.</summary>
    public void SetServing() => _serving.TrySetResult();

    /// <summary>Waits until the driver has said that it works.</summary>
    /// <returns><see langword="false"/> when it was told to end, or the wait was given up, before that.</returns>
    public async Task<bool> UntilServingAsync(CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, Ending);
        await _serving.Task.WaitAsync(either.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return _serving.Task.IsCompleted && !Ending.IsCancellationRequested;
    }

    /// <summary>Ends the run as failed; harmless when it has ended.</summary>
    public void Fail(string reason) => _failed.TrySetResult(reason);

    /// <summary>Runs the driver to its end.</summary>
    /// <param name="patience">How long it may take to end once told to; after that its thread counts as lost.</param>
    /// <param name="stopping">Tells it to end.</param>
    /// <returns>Why it ended.</returns>
    public async Task<ChannelFault> RunAsync(PluginPatience patience, CancellationToken stopping)
    {
        var work = Task.Run(
            () => Calls.Follow(nameof(Driver.RunAsync), () => Driver.RunAsync(Channel, Ending)), CancellationToken.None);
        await Task.WhenAny(work, _failed.Task, UntilEndOrCancelledAsync(work, stopping));
        bool endedByItself = work.IsCompleted;

        // What the driver registered with the token runs in here: it may throw, or never return.
        var told = _ending.CancelAsync();
        await patience.WaitAsync(Task.WhenAll([told, work, .. Tracked()]), CancellationToken.None);
        Channel.Close();

        if (!work.IsCompleted)
        {
            _lost.Add("a run of its driver", work);
            return ChannelFault.Lost();
        }

        if (_failed.Task.IsCompletedSuccessfully) return new ChannelFault(await _failed.Task);
        if (!endedByItself) return new ChannelFault("Stopped.");
        return work.Exception?.InnerException is { } exception
            ? ChannelFault.Of(exception)
            : new ChannelFault("The driver ended without being told to.");
    }

    private Task[] Tracked()
    {
        lock (_gate) return [.. _calls];
    }

    private static async Task UntilEndOrCancelledAsync(Task work, CancellationToken stopping) =>
        await work.WaitAsync(stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
}
