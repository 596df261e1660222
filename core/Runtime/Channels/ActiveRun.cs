using BridgeFramework.Plugins;

namespace BridgeFramework.Runtime;

/// <summary>One run of a driver, from its start to its end.</summary>
internal sealed class ActiveRun(HostedChannel channel, ISubDeviceDriver driver, LoadedPlugin? plugin, CancellationToken stopping) : IDisposable
{
    private readonly CancellationTokenSource _stop = CancellationTokenSource.CreateLinkedTokenSource(stopping);
    private volatile string? _failure;

    public HostedChannel Channel => channel;
    public ISubDeviceDriver Driver => driver;
    public LoadedPlugin? Plugin => plugin;

    /// <summary>Runs the driver to its end.</summary>
    /// <param name="deadline">How long it may take to end once told to; after that its thread counts as lost.</param>
    /// <param name="time">The clock.</param>
    /// <returns>Why it ended.</returns>
    public async Task<ChannelFault> RunAsync(TimeSpan deadline, TimeProvider time)
    {
        var token = _stop.Token;
        var work = Task.Run(() => driver.RunAsync(channel, token), CancellationToken.None);
        try
        {
            await work.WaitAsync(token);
        }
        catch (OperationCanceledException) when (token.IsCancellationRequested)
        {
            // Asked to stop: it has until the deadline, and what it throws now is of no interest.
            await Task.WhenAny(work, Task.Delay(deadline, time, CancellationToken.None));
            if (!work.IsCompleted) return new ChannelFault($"The driver did not end within {deadline.TotalSeconds:0} s of being told to; its thread is lost.");
            return new ChannelFault(_failure ?? "Stopped.");
        }
        catch (Exception exception)
        {
            return ChannelFault.Of(exception);
        }
        finally
        {
            channel.Close();
        }

        return new ChannelFault("The driver ended without being told to.");
    }

    /// <summary>Ends the run as failed.</summary>
    public void Fail(string reason)
    {
        _failure = reason;
        try
        {
            _stop.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // It has ended by itself meanwhile.
        }
    }

    public void Dispose() => _stop.Dispose();
}
