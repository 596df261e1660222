namespace BridgeFramework.Runtime;

/// <summary>A device that the gateway does not have any more: it is given nothing.</summary>
internal sealed class RemovedTarget : IUpdateTarget
{
    public string Channel => "";

    public int Concurrency => 1;

    public string PolicyPath => "";

    public string Obstacle => UpdateTransition.Removed;

    public Task UntilReadyAsync(CancellationToken cancellationToken) =>
        Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);

    public Task<HandOver> UpdateAsync(StoredImage image, IProgress<FirmwareProgress> progress, CancellationToken cancellationToken) =>
        Task.FromResult(new HandOver(HandOverOutcome.Rejected, Obstacle));

    public Task<FirmwareAnswer> QueryAsync(CancellationToken cancellationToken) => Task.FromResult(new FirmwareAnswer(null, Obstacle));

    public Task<TimeSpan> RestartTimeAsync(CancellationToken cancellationToken) => Task.FromResult(TimeSpan.Zero);
}
