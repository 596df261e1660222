using System.Diagnostics;

namespace BridgeFramework.Plugins;

/// <summary>How long code of a plugin may take. While a debugger is attached it may take as long as somebody looks at it.</summary>
/// <param name="time">The clock.</param>
/// <param name="isDebugged">Whether somebody looks; <see cref="Debugger.IsAttached"/> if not given.</param>
public sealed class PluginPatience(TimeProvider time, Func<bool>? isDebugged = null)
{
    /// <summary>How long a driver has to be created, to end when told to, to be disposed, and to finish its
    /// commands before a move: 10 s.</summary>
    public static readonly TimeSpan Deadline = TimeSpan.FromSeconds(10);

    private readonly Func<bool> _isDebugged = isDebugged ?? (() => Debugger.IsAttached);

    /// <summary>Whether deadlines and trials stand still now.</summary>
    public bool IsSuspended => _isDebugged();

    /// <summary>Waits for a call to end; never throws.</summary>
    /// <param name="call">The call.</param>
    /// <param name="cancellationToken">Gives up the wait.</param>
    /// <returns>Whether it has ended; if not, its time is up or the wait was given up.</returns>
    public async Task<bool> WaitAsync(Task call, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(call);
        do
            await call.WaitAsync(Deadline, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        while (!call.IsCompleted && !cancellationToken.IsCancellationRequested && IsSuspended);
        return call.IsCompleted;
    }
}
