namespace BridgeFramework.Runtime;

/// <summary>The store of a channel as one run of it has it: what a lost thread still writes after the end is
/// not believed, like everything else it says.</summary>
/// <remarks>The next run, perhaps of another version of the driver, goes on from what is there.</remarks>
#pragma warning disable CA1001 // The source has no timer and so no handle; once cancelled it holds on to nobody.
internal sealed class RunStore(IChannelStore store) : IChannelStore
#pragma warning restore CA1001
{
    private readonly CancellationTokenSource _ended = new();

    /// <summary>The run has ended.</summary>
    public void Close() => _ended.Cancel();

    public ValueTask<byte[]?> ReadAsync(string key, CancellationToken cancellationToken) => store.ReadAsync(key, cancellationToken);

    public ValueTask WriteAsync(string key, ReadOnlyMemory<byte> value, CancellationToken cancellationToken) =>
        ChangeAsync(token => store.WriteAsync(key, value, token), cancellationToken);

    public ValueTask DeleteAsync(string key, CancellationToken cancellationToken) =>
        ChangeAsync(token => store.DeleteAsync(key, token), cancellationToken);

    private async ValueTask ChangeAsync(Func<CancellationToken, ValueTask> change, CancellationToken cancellationToken)
    {
        if (_ended.IsCancellationRequested) return;
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _ended.Token);
        try
        {
            await change(either.Token);
        }
        catch (OperationCanceledException) when (_ended.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            // It came too late.
        }
    }
}
