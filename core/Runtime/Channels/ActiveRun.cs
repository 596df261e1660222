using BridgeFramework.Plugins;

namespace BridgeFramework.Runtime;

/// <summary>One run of a driver, from its start to its end.</summary>
internal sealed class ActiveRun(HostedChannel channel, ISubDeviceDriver driver, LoadedPlugin? plugin)
{
    private readonly TaskCompletionSource<string> _failed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public HostedChannel Channel => channel;
    public ISubDeviceDriver Driver => driver;
    public LoadedPlugin? Plugin => plugin;

    /// <summary>Ends the run as failed; harmless when it has ended.</summary>
    public void Fail(string reason) => _failed.TrySetResult(reason);

    /// <summary>Runs the driver to its end.</summary>
    /// <param name="deadline">How long it may take to end once told to; after that its thread counts as lost.</param>
    /// <param name="time">The clock.</param>
    /// <param name="stopping">Tells it to end.</param>
    /// <returns>Why it ended.</returns>
    public async Task<ChannelFault> RunAsync(TimeSpan deadline, TimeProvider time, CancellationToken stopping)
    {
        // Cancelled and disposed: a registration that the driver leaves behind must not keep it in memory.
        using var stop = new CancellationTokenSource();
        var token = stop.Token;
        var work = Task.Run(() => driver.RunAsync(channel, token), CancellationToken.None);
        await Task.WhenAny(work, _failed.Task, UntilEndOrCancelledAsync(work, stopping));
        bool endedByItself = work.IsCompleted;

        await stop.CancelAsync();
        await Task.WhenAny(work, Task.Delay(deadline, time, CancellationToken.None));
        channel.Close();

        if (!work.IsCompleted) return new ChannelFault($"The driver did not end within {deadline.TotalSeconds:0} s of being told to; its thread is lost.");
        if (_failed.Task.IsCompletedSuccessfully) return new ChannelFault(await _failed.Task);
        if (!endedByItself) return new ChannelFault("Stopped.");
        return work.Exception?.InnerException is { } exception
            ? ChannelFault.Of(exception)
            : new ChannelFault("The driver ended without being told to.");
    }

    private static async Task UntilEndOrCancelledAsync(Task work, CancellationToken stopping) =>
        await work.WaitAsync(stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
}
