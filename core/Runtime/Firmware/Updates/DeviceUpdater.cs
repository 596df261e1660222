using BridgeFramework.Configuration;
using BridgeFramework.IotHub;
using Microsoft.Extensions.Logging;

namespace BridgeFramework.Runtime;

/// <summary>The updates of one device, one after another, each through all its phases: does what the record says, step by step.</summary>
internal sealed partial class DeviceUpdater
{
    private static readonly TimeSpan RestAfterBug = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan RestAfterQuestion = TimeSpan.FromSeconds(2);

    private readonly SubDeviceId _id;
    private readonly UpdateSurroundings _around;
    private readonly DurableUpdate _update;
    private readonly UpdateImageSource _source;
    private volatile UpdatePolicy _policy;
    private volatile IUpdateTarget _target; // with it the two that ask it
    private volatile HandOverRun _handOver;
    private volatile VersionQuestions _versions;
    private volatile bool _isLeaving;
    private string? _inForce;

    /// <param name="id">The device.</param>
    /// <param name="record">Its last update, as it was found on disk.</param>
    /// <param name="policy">When it may be given firmware.</param>
    /// <param name="target">How it is given an image.</param>
    /// <param name="around">What it has in common with the others.</param>
    public DeviceUpdater(
        SubDeviceId id, UpdateRecord? record, UpdatePolicy policy, IUpdateTarget target, UpdateSurroundings around)
    {
        (_id, _target, _policy, _around) = (id, target, policy, around);
        _update = new DurableUpdate(id, record, around.Records, around.Time, around.Logger);
        _source = new UpdateImageSource(_update, around.Hub, around.Time);
        _versions = new VersionQuestions(target);
        _handOver = new HandOverRun(_update, target, _source, () => _policy, _versions, around);
    }

    /// <summary>Whether the gateway does not have the device any more.</summary>
    public bool IsLeaving => _isLeaving;

    /// <summary>Whether there is something to do about its update, or the hub is to hear something of it.</summary>
    public bool HasNews => Record is { } record && record is not { IsFinal: true, IsReported: true, Next: null };

    /// <summary>Its update; <see langword="null"/> where it never had one.</summary>
    public UpdateRecord? Record => _update.Record;

    /// <summary>Whether the image is being fetched, or waits to be, or the hub was asked for another address of it.</summary>
    public bool NeedsAddress => Record is { Phase: UpdatePhase.Downloading } || _source.AwaitsAddress;

    /// <summary>How it stands; <see langword="null"/> where it never had an update.</summary>
    public FirmwareUpdateStatus? Status => Record is { } record ? StatusOf(_handOver.UpToNow(record)) : null;

    /// <summary>Its driver has said which version it runs.</summary>
    public void SetVersion(string version) => Volatile.Write(ref _inForce, version);

    /// <summary>It is given firmware by this policy and this way from now on.</summary>
    /// <remarks>With another way a hand-over begins anew, by asking the device; with another policy it does so unless it is at the device
    /// already.</remarks>
    public void Become(UpdatePolicy policy, IUpdateTarget target)
    {
        bool isElsewhere = !ReferenceEquals(_target, target), isOtherwise = _policy != policy;
        bool isAtDevice = _handOver.IsAtDevice && Record?.Phase is UpdatePhase.HandingOver or UpdatePhase.Confirming;
        _isLeaving = false;
        _policy = policy;
        if (isElsewhere)
        {
            var versions = new VersionQuestions(target);
            _handOver = new HandOverRun(_update, target, _source, () => _policy, versions, _around);
            (_target, _versions) = (target, versions);
        }

        if ((isElsewhere || (isOtherwise && !isAtDevice)) && Record is { IsHandOver: true }) _update.BeginAgain();
    }

    /// <summary>The settings that it shares with the others have changed.</summary>
    public void FollowSettings() => _handOver.FollowSettings();

    /// <summary>The gateway does not have it any more: its update ends, and no other one begins.</summary>
    public void Leave()
    {
        _isLeaving = true;
        _update.BeginAgain();
    }

    /// <summary>Nothing is done about its update any more.</summary>
    public void End() => _update.EndAll();

    /// <summary>The hub has a task for it.</summary>
    public async Task AssignAsync(FirmwareTask task, CancellationToken cancellationToken)
    {
        var inForce = await InForceAsync(task, cancellationToken);
        try
        {
            await _update.InterruptAsync(
                record => _isLeaving ? throw new OrderNotPossibleException(UpdateTransition.Removed)
                    : record is null ? Begin(task, inForce)
                    : UpdateTransition.Assign(record, task, wanted => Begin(wanted, inForce)),
                cancellationToken);
        }
        catch (OrderNotPossibleException exception)
        {
            Refuse(task.Version, exception.Message);
        }
    }

    /// <summary>The hub has a task for it that cannot be carried out. Where another one is under way, that one goes on.</summary>
    public void Refuse(string version, string reason)
    {
        LogUnusable(_around.Logger, _id, version, reason);
        if (Record is null or { IsFinal: true, IsReported: true })
            _around.Hub.News.Refuse(_id, version, $"The hub's order is not usable: {reason}.");
    }

    /// <summary>An operator lets it begin.</summary>
    /// <exception cref="OrderNotPossibleException">It does not wait for that.</exception>
    public Task ApproveAsync(CancellationToken cancellationToken) =>
        OrderAsync(UpdateTransition.Approve, "does not wait for approval", cancellationToken);

    /// <summary>An operator ends it.</summary>
    /// <exception cref="OrderNotPossibleException">It has ended.</exception>
    public Task CancelAsync(CancellationToken cancellationToken) =>
        OrderAsync(UpdateTransition.Cancel, "cannot be cancelled", cancellationToken);

    /// <summary>An operator has it tried once more.</summary>
    /// <exception cref="OrderNotPossibleException">It has not failed, or would again.</exception>
    public async Task RetryAsync(CancellationToken cancellationToken)
    {
        var inForce = Record is { } known ? await InForceAsync(known.Task, cancellationToken) : default;
        await OrderAsync(record => Again(record, inForce), "has not failed", cancellationToken);
    }

    /// <summary>Does what the record says until told to stop.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        while (!_update.IsOver)
        {
            stopping.ThrowIfCancellationRequested();
            using var step = CancellationTokenSource.CreateLinkedTokenSource(stopping);
            var record = _update.Begin(step);
            try
            {
                await StepAsync(record, step.Token);
            }
            catch (OperationCanceledException) when (step.IsCancellationRequested)
            {
                // Something else is to be done now, or it is told to stop.
            }
            catch (Exception exception)
            {
                // A bug of ours: it must cost neither the other devices nor this one's update.
                LogThrew(_around.Logger, exception, _id);
                await Task.Delay(RestAfterBug, _around.Time, stopping);
            }
            finally
            {
                _update.End();
            }
        }
    }

    private Task StepAsync(UpdateRecord? record, CancellationToken cancellationToken) => record switch
    {
        _ when _isLeaving && record is { IsFinal: false } or { Next: not null } => LeaveAsync(cancellationToken),
        { IsFinal: true, IsReported: false } => TellEndAsync(record, cancellationToken),
        { IsFinal: true, Next: { } next } => BeginNextAsync(next, cancellationToken),
        { Phase: UpdatePhase.Downloading } => FetchAsync(record, cancellationToken),
        { Phase: UpdatePhase.Queued, IsUncompared: true } => CompareAsync(record, cancellationToken),
        { IsHandOver: true } => _handOver.RunAsync(cancellationToken),
        _ => _update.UntilChangedAsync(record, cancellationToken),
    };

    // Named again meanwhile, it does not leave.
    private Task<UpdateRecord> LeaveAsync(CancellationToken cancellationToken) =>
        _update.MoveAsync(now => _isLeaving ? UpdateTransition.Remove(now) : now, cancellationToken);

    private async Task BeginNextAsync(FirmwareTask next, CancellationToken cancellationToken)
    {
        var inForce = await InForceAsync(next, cancellationToken);
        await _update.MoveAsync(
            now => now is { IsFinal: true, IsReported: true } && next.Equals(now.Next) ? Begin(now.Next, inForce) : now, cancellationToken);
    }

    private FirmwareUpdateStatus StatusOf(UpdateRecord record) => new()
    {
        Id = _id,
        Channel = _target.Channel,
        Version = record.Task.Version,
        From = record.From,
        Phase = record.Phase,
        Size = record.Task.Size,
        Bytes = record.Phase switch
        {
            UpdatePhase.Downloading => _source.Bytes,
            UpdatePhase.HandingOver => Math.Clamp(_handOver.Progress.BytesAcknowledged, 0, record.Task.Size),
            UpdatePhase.Confirming or UpdatePhase.Done => record.Task.Size,
            _ => 0,
        },
        Stage = record.Phase == UpdatePhase.HandingOver ? _handOver.Progress.Stage : null,
        Elapsed = !record.IsHandOver ? null : record.HasBegun ? record.Spent : record.Offered,
        Left = !record.IsHandOver ? null
            : record.HasBegun ? _around.Settings.Deadline - record.Spent : _around.Settings.OfferLifetime - record.Offered,
        CreatedAt = record.CreatedAt,
        Failures = record.Failures,
        Result = record.Code,
        Reason = record.Reason.Length > 0 ? record.Reason : null,
        IsReported = record is { IsFinal: true, IsReported: true },
        NextVersion = record.Next?.Version,
    };

    private Task<InForce> InForceAsync(FirmwareTask wanted, CancellationToken cancellationToken) =>
        _versions.CompareAsync(wanted.Version, Volatile.Read(ref _inForce), cancellationToken);

    /// <summary>Its driver did not say yet how the versions compare: nothing is given to the device before it has.</summary>
    private async Task CompareAsync(UpdateRecord record, CancellationToken cancellationToken)
    {
        while (true)
        {
            await _target.UntilAskableAsync(cancellationToken);
            // After a restart the device may not have said yet what it runs: then what it ran when the hub gave the task counts.
            var inForce = await _versions.CompareAsync(
                record.Task.Version, Volatile.Read(ref _inForce) ?? record.From, cancellationToken);
            if (!inForce.IsUncompared)
            {
                await _update.MoveAsync(now => UpdateTransition.Compared(now, task => Begin(task, inForce)), cancellationToken);
                return;
            }

            await Task.Delay(RestAfterQuestion, _around.Time, cancellationToken);
        }
    }

    private UpdateRecord Begin(FirmwareTask task, InForce inForce)
    {
        var begun = UpdateTransition.Begin(_id, task, inForce, _policy, _target.PolicyPath, _around.Time.GetUtcNow());
        return !begun.IsFinal && _target.Obstacle is { } obstacle ? UpdateTransition.Fail(begun, FirmwareResultCode.UpdateFailed, obstacle)
            : begun;
    }

    private async Task FetchAsync(UpdateRecord record, CancellationToken cancellationToken)
    {
        _source.Begin();
        try
        {
            using var image = await _around.Images.GetAsync(record.Image, record.Task.Version, _source, cancellationToken);
            await _update.MoveAsync(
                now => now with { Phase = UpdatePhase.Queued, Reason = now.IsUncompared ? Uncompared(now) : "" }, cancellationToken);
        }
        catch (DownloadException exception)
        {
            await _update.FailAsync(exception.Code, exception.Message, cancellationToken);
        }
    }

    private async Task TellEndAsync(UpdateRecord record, CancellationToken cancellationToken)
    {
        await _around.Hub.News.EndAsync(_id, record.Task.Version, record.Code, record.Reason, cancellationToken);
        await _update.MoveAsync(now => now with { IsReported = true }, cancellationToken);
        if (record.Phase == UpdatePhase.Failed) await _around.Images.CleanAsync();
        LogTold(_around.Logger, _id, record.Task.Version);
    }

    private Task<UpdateRecord> OrderAsync(Func<UpdateRecord, UpdateRecord?> change, string otherwise,
        CancellationToken cancellationToken) => _update.InterruptAsync(
        record => _isLeaving ? throw new OrderNotPossibleException(UpdateTransition.Removed) : record is null
            ? throw new OrderNotPossibleException($"{_id} has no firmware update: the hub has not ordered one.")
            : change(record) ?? throw new OrderNotPossibleException(
                $"The update of {_id} to {record.Task.Version} {otherwise}: it is {record.Phase.InWords()}{ComesNext(record)}."),
        cancellationToken);

    private UpdateRecord? Again(UpdateRecord record, InForce inForce)
    {
        if (record is { Phase: UpdatePhase.Failed, Next: not null })
            throw new OrderNotPossibleException($"The update of {_id} to {record.Task.Version} is not wanted any more{ComesNext(record)}.");
        var again = UpdateTransition.Retry(record, task => Begin(task, inForce));
        return again is not { Phase: UpdatePhase.Failed } ? again : throw new OrderNotPossibleException(
            $"The update of {_id} to {record.Task.Version} would fail again: {again.Reason}");
    }

    private static string ComesNext(UpdateRecord record) =>
        record.Next is { } next ? $"; {next.Version}, which the hub has ordered since, comes next" : "";

    private static string Uncompared(UpdateRecord record) =>
        $"It waits until its driver says how {record.Task.Version} compares with {record.From}, which it runs: its channel has to run.";

    [LoggerMessage(4644, LogLevel.Debug, "The hub knows how the update of {Device} to {Version} has ended")]
    private static partial void LogTold(ILogger logger, SubDeviceId device, string version);

    [LoggerMessage(4646, LogLevel.Error, "The firmware update of {Device} threw; it goes on")]
    private static partial void LogThrew(ILogger logger, Exception exception, SubDeviceId device);

    [LoggerMessage(4647, LogLevel.Warning, "The hub orders {Device} to be updated to {Version}, which is not possible: {Reason}")]
    private static partial void LogUnusable(ILogger logger, SubDeviceId device, string version, string reason);
}
