namespace BridgeFramework.IotHub;

/// <summary>At most one call for each key at a time: a second caller with the same wish joins the first, with another wish waits.</summary>
internal sealed class SharedCalls
{
    private readonly Lock _gate = new();
    private readonly Dictionary<OperationKey, (object? Wish, Task<OperationReply> Call)> _running = [];

    /// <param name="key">What must not happen twice at once.</param>
    /// <param name="wish">What may be shared, compared by value: a bind with another secret is another wish.</param>
    /// <param name="start">Begins the call. Its end does not depend on any one caller.</param>
    /// <param name="cancellationToken">Ends the waiting of this caller only.</param>
    public async Task<OperationReply> JoinOrStartAsync(
        OperationKey key, object? wish, Func<Task<OperationReply>> start, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task<OperationReply> call;
            bool shared;
            lock (_gate)
            {
                shared = !_running.TryGetValue(key, out var running) || Equals(running.Wish, wish);
                call = running.Call ?? Start(key, wish, start);
            }

            if (shared) return await call.WaitAsync(cancellationToken).ConfigureAwait(false);
            await ((Task)call).WaitAsync(cancellationToken)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    private Task<OperationReply> Start(OperationKey key, object? wish, Func<Task<OperationReply>> start)
    {
        var call = RunAsync();
        _running[key] = (wish, call);
        return call;

        async Task<OperationReply> RunAsync()
        {
            await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding); // registered first, whatever it does
            try
            {
                return await start().ConfigureAwait(false);
            }
            finally
            {
                lock (_gate) _running.Remove(key);
            }
        }
    }
}
