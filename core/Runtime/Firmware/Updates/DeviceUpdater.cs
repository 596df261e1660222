using BridgeFramework.Configuration;
using BridgeFramework.IotHub;
using Microsoft.Extensions.Logging;

namespace BridgeFramework.Runtime;

/// <summary>The updates of one device, one after another, each through all its phases; orders change what is done next.</summary>
/// <remarks>
/// One loop does what the record says, and every change of the record is on disk before the loop acts on it: whoever reads the record after
/// a crash goes on from there. An order that changes the phase interrupts what is being done.
/// </remarks>
#pragma warning disable CA1001, IDISP006 // The semaphore holds no handle, and the step is its owner's.
internal sealed partial class DeviceUpdater : IImageSource
#pragma warning restore CA1001, IDISP006
{
    private static readonly TimeSpan DiskRest = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan RenewalPatience = TimeSpan.FromSeconds(60);

    private readonly ProductFirmwareSettings _product;
    private readonly UpdateSurroundings _around;
    private readonly HandOverRun _handOver;
    private readonly SemaphoreSlim _writing = new(1);
    private readonly Lock _gate = new();
    private UpdateRecord? _record;
    private CancellationTokenSource? _step; // what is being done now
    private TaskCompletionSource _addressChanged = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private string? _inForce;
    private long _bytes;
    private int _percent = -1;

    /// <param name="id">The device.</param>
    /// <param name="record">Its last update, as it was found on disk.</param>
    /// <param name="product">What its product needs.</param>
    /// <param name="target">How it is given an image.</param>
    /// <param name="around">What it has in common with the others.</param>
    public DeviceUpdater(SubDeviceId id, UpdateRecord? record, ProductFirmwareSettings product, IUpdateTarget target, UpdateSurroundings around)
    {
        (Id, _record, _product, Target, _around) = (id, record, product, target, around);
        _handOver = new HandOverRun(this, product, around);
    }

    public SubDeviceId Id { get; }

    public IUpdateTarget Target { get; }

    /// <summary>Its update; <see langword="null"/> where it never had one.</summary>
    public UpdateRecord? Record
    {
        get
        {
            lock (_gate) return _record;
        }
    }

    /// <summary>How it stands; <see langword="null"/> where it never had an update.</summary>
    public FirmwareUpdateStatus? Status => Record is not { } record ? null : new FirmwareUpdateStatus
    {
        Id = Id,
        Channel = Target.Channel,
        Version = record.Task.Version,
        From = record.From,
        Phase = record.Phase,
        Size = record.Task.Size,
        Bytes = record.Phase switch
        {
            UpdatePhase.Downloading => Volatile.Read(ref _bytes),
            UpdatePhase.HandingOver => Math.Clamp(_handOver.Progress.BytesAcknowledged, 0, record.Task.Size),
            UpdatePhase.Confirming or UpdatePhase.Done => record.Task.Size,
            _ => 0,
        },
        Stage = record.Phase == UpdatePhase.HandingOver ? _handOver.Progress.Stage : null,
        CreatedAt = record.CreatedAt,
        Failures = record.Failures,
        Result = record.Code,
        Reason = record.Reason.Length > 0 ? record.Reason : null,
        IsReported = record is { IsFinal: true, IsReported: true },
        NextVersion = record.Next?.Version,
    };

    Uri IImageSource.Url => (Record ?? throw new InvalidOperationException("There is no update.")).Task.Url;

    /// <summary>Its driver has said which version it runs.</summary>
    public void SetVersion(string version) => Volatile.Write(ref _inForce, version);

    /// <summary>The hub wants it to be updated.</summary>
    public Task OrderAsync(FirmwareTask task, CancellationToken cancellationToken) => ChangeAsync(
        record => record is null ? Begin(task) : UpdateTransition.Order(record, task, Begin), isOrder: true, cancellationToken);

    /// <summary>The hub wants an update that cannot be made. Where another one is under way, that one goes on.</summary>
    public void Refuse(string version, string reason)
    {
        LogUnusable(_around.Logger, Id, version, reason);
        if (Record is null or { IsFinal: true, IsReported: true }) _around.Hub.Reporter.Refuse(Id, version, $"The hub's order is not usable: {reason}.");
    }

    /// <summary>An operator lets it begin.</summary>
    /// <exception cref="OrderNotPossibleException">It does not wait for that.</exception>
    public Task ApproveAsync(CancellationToken cancellationToken) => ByHandAsync(UpdateTransition.Approve, "does not wait for approval", cancellationToken);

    /// <summary>An operator ends it.</summary>
    /// <exception cref="OrderNotPossibleException">It has ended.</exception>
    public Task CancelAsync(CancellationToken cancellationToken) => ByHandAsync(UpdateTransition.Cancel, "cannot be cancelled", cancellationToken);

    /// <summary>An operator has it tried once more.</summary>
    /// <exception cref="OrderNotPossibleException">It has not failed.</exception>
    public Task RetryAsync(CancellationToken cancellationToken) => ByHandAsync(UpdateTransition.Retry, "has not failed", cancellationToken);

    /// <summary>Does what the record says until told to stop.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        while (true)
        {
            stopping.ThrowIfCancellationRequested();
            using var step = CancellationTokenSource.CreateLinkedTokenSource(stopping);
            UpdateRecord? record;
            lock (_gate) (record, _step) = (_record, step);
            try
            {
                await StepAsync(record, step.Token);
            }
            catch (OperationCanceledException) when (step.IsCancellationRequested)
            {
                // An order has changed what is to be done, or it is told to stop.
            }
            catch (Exception exception)
            {
                // A bug of ours: it must cost neither the other devices nor this one's update.
                LogThrew(_around.Logger, exception, Id);
                await Task.Delay(DiskRest, _around.Time, stopping);
            }
            finally
            {
                lock (_gate) _step = null;
            }
        }
    }

    /// <summary>Changes the record, on disk first. Where the disk does not take it, it is tried again until it does: nothing is done that is not written down.</summary>
    /// <param name="change">Makes the new one. The same one means that nothing changes.</param>
    /// <param name="cancellationToken">Gives up; nothing has changed then.</param>
    internal Task<UpdateRecord> MoveAsync(Func<UpdateRecord, UpdateRecord> change, CancellationToken cancellationToken) =>
        ChangeAsync(record => change(record ?? throw new InvalidOperationException("There is no update.")), isOrder: false, cancellationToken);

    /// <summary>It has come to nothing.</summary>
    internal Task FailAsync(FirmwareResultCode code, string reason, CancellationToken cancellationToken) =>
        MoveAsync(record => UpdateTransition.Fail(record, code, reason), cancellationToken);

    void IImageSource.Report(long bytes)
    {
        Volatile.Write(ref _bytes, bytes);
        if (Record is not { Phase: UpdatePhase.Downloading } record) return;
        int percent = (int)(bytes * 100 / record.Task.Size);
        if (Interlocked.Exchange(ref _percent, percent) != percent) _around.Hub.Reporter.Downloading(Id, record.Task.Version, percent);
    }

    /// <summary>The hub says the task again, with another address, when the version is reported again.</summary>
    async Task IImageSource.RenewAsync(CancellationToken cancellationToken)
    {
        Task changed;
        lock (_gate) changed = _addressChanged.Task;
        await _around.Hub.UntilOnline(cancellationToken);
        _around.Hub.ReportVersionAgain(Id);
        await changed.WaitAsync(RenewalPatience, _around.Time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        cancellationToken.ThrowIfCancellationRequested();
    }

    private Task StepAsync(UpdateRecord? record, CancellationToken cancellationToken) => record switch
    {
        { IsFinal: true, IsReported: false } => ReportEndAsync(record, cancellationToken),
        { IsFinal: true, Next: { } next } => MoveAsync(_ => Begin(next), cancellationToken),
        { Phase: UpdatePhase.Downloading } => FetchAsync(record, cancellationToken),
        { Phase: UpdatePhase.Queued or UpdatePhase.HandingOver or UpdatePhase.Confirming } => _handOver.RunAsync(cancellationToken),
        _ => Task.Delay(Timeout.InfiniteTimeSpan, _around.Time, cancellationToken),
    };

    private UpdateRecord Begin(FirmwareTask task)
    {
        var begun = UpdateTransition.Begin(Id, task, Volatile.Read(ref _inForce), _product, _around.Time.GetUtcNow());
        return !begun.IsFinal && Target.Obstacle is { } obstacle ? UpdateTransition.Fail(begun, FirmwareResultCode.UpdateFailed, obstacle) : begun;
    }

    private async Task FetchAsync(UpdateRecord record, CancellationToken cancellationToken)
    {
        Interlocked.Exchange(ref _percent, -1);
        try
        {
            using var image = await _around.Images.GetAsync(record.Image, record.Task.Version, this, cancellationToken);
            await MoveAsync(now => now with { Phase = UpdatePhase.Queued, Reason = "" }, cancellationToken);
        }
        catch (DownloadException exception)
        {
            await FailAsync(exception.Code, exception.Message, cancellationToken);
        }
    }

    private async Task ReportEndAsync(UpdateRecord record, CancellationToken cancellationToken)
    {
        await _around.Hub.Reporter.EndAsync(Id, record.Task.Version, record.Code, record.Reason, cancellationToken);
        await MoveAsync(now => now with { IsReported = true }, cancellationToken);
        if (record.Phase == UpdatePhase.Failed) await _around.Images.CleanAsync();
        LogReported(_around.Logger, Id, record.Task.Version);
    }

    private async Task ByHandAsync(Func<UpdateRecord, UpdateRecord?> change, string otherwise, CancellationToken cancellationToken)
    {
        await ChangeAsync(
            record => record is null
                ? throw new OrderNotPossibleException($"{Id} has no firmware update: the hub has not ordered one.")
                : change(record) ?? throw new OrderNotPossibleException($"The update of {Id} to {record.Task.Version} {otherwise}: it is {record.Phase.InWords()}."),
            isOrder: true,
            cancellationToken);
    }

    private async Task<UpdateRecord> ChangeAsync(Func<UpdateRecord?, UpdateRecord> change, bool isOrder, CancellationToken cancellationToken)
    {
        await _writing.WaitAsync(cancellationToken);
        try
        {
            cancellationToken.ThrowIfCancellationRequested(); // an order may have come in between
            var before = Record;
            var after = change(before);
            if (ReferenceEquals(before, after)) return after;
            await WriteAsync(after, cancellationToken);
            Become(before, after, isOrder);
            return after;
        }
        finally
        {
            _writing.Release();
        }
    }

    private async Task WriteAsync(UpdateRecord record, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                await OwnThread.RunAsync(() => _around.Records.Write(record));
                return;
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                LogUnwritable(_around.Logger, Id, exception.Message, DiskRest.TotalSeconds);
                await Task.Delay(DiskRest, _around.Time, cancellationToken);
            }
        }
    }

    private void Become(UpdateRecord? before, UpdateRecord after, bool isOrder)
    {
        lock (_gate)
        {
            _record = after;
            if (before?.Task.Url != after.Task.Url)
            {
                _addressChanged.TrySetResult();
                _addressChanged = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            }

            if (isOrder && (before?.Phase != after.Phase || before.IsFinal != after.IsFinal || !before.Task.Equals(after.Task))) _step?.Cancel();
        }

        if (before?.Phase == after.Phase && before.Task.Equals(after.Task)) return;
        if (after.Phase == UpdatePhase.Failed) LogFailed(_around.Logger, Id, after.Task.Version, after.Reason);
        else if (after.Phase == UpdatePhase.Done) LogDone(_around.Logger, Id, after.From ?? "unknown", after.Task.Version);
        else LogPhase(_around.Logger, Id, after.Task.Version, after.Phase);
    }

    [LoggerMessage(4641, LogLevel.Information, "Firmware of {Device} to {Version}: {Phase}")]
    private static partial void LogPhase(ILogger logger, SubDeviceId device, string version, UpdatePhase phase);

    [LoggerMessage(4642, LogLevel.Information, "Firmware of {Device}: {From} -> {Version} done")]
    private static partial void LogDone(ILogger logger, SubDeviceId device, string from, string version);

    [LoggerMessage(4643, LogLevel.Error, "Firmware of {Device} to {Version} failed: {Reason}")]
    private static partial void LogFailed(ILogger logger, SubDeviceId device, string version, string reason);

    [LoggerMessage(4644, LogLevel.Debug, "The hub knows how the update of {Device} to {Version} has ended")]
    private static partial void LogReported(ILogger logger, SubDeviceId device, string version);

    [LoggerMessage(4645, LogLevel.Warning, "How the firmware update of {Device} stands cannot be written down, and so it does not go on: {Reason} It is tried again in {Seconds:0} s")]
    private static partial void LogUnwritable(ILogger logger, SubDeviceId device, string reason, double seconds);

    [LoggerMessage(4646, LogLevel.Error, "The firmware update of {Device} threw; it goes on")]
    private static partial void LogThrew(ILogger logger, Exception exception, SubDeviceId device);

    [LoggerMessage(4647, LogLevel.Warning, "The hub orders {Device} to be updated to {Version}, which is not possible: {Reason}")]
    private static partial void LogUnusable(ILogger logger, SubDeviceId device, string version, string reason);
}
