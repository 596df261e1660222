namespace BridgeFramework.Runtime;

/// <summary>What a driver says of one hand-over while it runs. A new one for each: what a driver says of an earlier one moves
/// nothing.</summary>
internal sealed class HeardProgress : IProgress<FirmwareProgress>
{
    private readonly Lock _gate = new();
    private readonly TaskCompletionSource _firstBlock = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private FirmwareProgress _last;

    /// <summary>Its last word.</summary>
    public FirmwareProgress Last
    {
        get
        {
            lock (_gate) return _last;
        }
    }

    /// <summary>Completes when the device has begun to take the image.</summary>
    public Task FirstBlock => _firstBlock.Task;

    /// <inheritdoc/>
    public void Report(FirmwareProgress value)
    {
        lock (_gate) _last = value;
        if (value is { BytesAcknowledged: > 0 } or { Stage: not FirmwareStage.Preparing }) _firstBlock.TrySetResult();
    }
}
