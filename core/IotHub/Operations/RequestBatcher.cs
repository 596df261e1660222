namespace BridgeFramework.IotHub;

/// <summary>Puts requests of one kind for several sub-devices into one message, as many as there are when the last one is out.</summary>
/// <remarks>
/// With a size of 1 each request is a message at once. Otherwise what comes while a message is under way waits for it and then
/// goes together: no request waits for others to come.
/// </remarks>
/// <param name="size">Most sub-devices in one message, at first.</param>
/// <param name="publish">Publishes a message; its failure is that of every request in it.</param>
internal sealed class RequestBatcher(int size, Func<byte[], Task> publish)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<GatewayOperationKind, List<Waiting>> _waiting = []; // a kind that is here has its loop running
    private volatile int _size = size;

    /// <summary>Most sub-devices in one message, from the next one on.</summary>
    public int Size
    {
        get => _size;
        set => _size = value;
    }

    /// <summary>Completes when the message with this request is published.</summary>
    public async Task SendAsync(OperationKey key, CancellationToken cancellationToken)
    {
        var (kind, device) = key;
        if (Size == 1)
        {
            await publish(GatewayRequest.ForDevices(kind, [device])).WaitAsync(cancellationToken).ConfigureAwait(false);
            return;
        }

        var request = new Waiting(device, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously), cancellationToken);
        lock (_gate)
        {
            if (_waiting.TryGetValue(kind, out var others)) others.Add(request);
            else _ = RunAsync(kind, _waiting[kind] = [request]); // cannot fail
        }

        await request.Sent.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    private async Task RunAsync(GatewayOperationKind kind, List<Waiting> waiting)
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding); // whoever asks for many asks for them now
        while (true)
        {
            List<Waiting> batch;
            lock (_gate)
            {
                waiting.RemoveAll(request => request.GivenUp.IsCancellationRequested);
                if (waiting.Count == 0)
                {
                    _waiting.Remove(kind);
                    return;
                }

                batch = waiting[..Math.Min(Size, waiting.Count)];
                waiting.RemoveRange(0, batch.Count);
            }

            try
            {
                await publish(GatewayRequest.ForDevices(kind, [.. batch.Select(request => request.Device)])).ConfigureAwait(false);
                foreach (var request in batch) request.Sent.TrySetResult();
            }
            catch (Exception e)
            {
                foreach (var request in batch) request.Sent.TrySetException(e);
            }
        }
    }

    private sealed record Waiting(DeviceIdentity Device, TaskCompletionSource Sent, CancellationToken GivenUp);
}
