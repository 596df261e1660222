using BridgeFramework.Configuration;
using BridgeFramework.IotHub;
using Microsoft.Extensions.Logging;

namespace BridgeFramework.Runtime;

/// <summary>Gives one device its image: waits for its turn, asks how it stands, hands over, asks which version it runs; as often as it
/// takes within the deadline.</summary>
internal sealed partial class HandOverRun(
    DurableUpdate update, IUpdateTarget target, IImageSource source, Func<UpdatePolicy> policy,
        VersionQuestions versions, UpdateSurroundings around)
{
    /// <summary>Hand-overs that may fail. Absences do not count.</summary>
    internal const int MaxFailures = 3;

    /// <summary>How long it may not say which version it runs; longer where its restart takes longer.</summary>
    internal static readonly TimeSpan SilencePatience = TimeSpan.FromMinutes(5);

    private static readonly RetryBackoff Backoff = new(First: TimeSpan.FromSeconds(5), Longest: TimeSpan.FromMinutes(1));

    private volatile HeardProgress _heard = new();
    private volatile Func<UpdateRecord, UpdateRecord> _upToNow = record => record;
    private volatile SpentTime _spent = null!; // set by RunAsync, which is where all begins
    private volatile OpenAttempts _attempts = null!; // likewise
    private bool _offers;

    /// <summary>How far the device is, by its driver's last word.</summary>
    public FirmwareProgress Progress => _heard.Last;

    /// <summary>Whether the device, or its driver, is being asked or given something.</summary>
    public bool IsAtDevice => _attempts is { IsOpen: true };

    /// <summary>The record with what has been spent by now.</summary>
    public UpdateRecord UpToNow(UpdateRecord record) => _upToNow(record);

    /// <summary>How long it may take has changed.</summary>
    public void FollowSettings() => _spent?.FollowSettings();

    private SubDeviceId Id => update.Id;

    /// <summary>When it may go on. A device that has come for its image goes on as it likes; by the record, since its driver may not be
    /// there to say that devices come.</summary>
    private MaintenanceWindow? Window => Record switch
    {
        { Phase: UpdatePhase.Confirming } or { Phase: UpdatePhase.HandingOver, Offered: not null } => null,
        { Phase: UpdatePhase.HandingOver } when target.LookSettles => null,
        _ => policy().Window,
    };

    private UpdateRecord Record => update.Current;

    private TimeSpan Now => around.Time.GetElapsedTime(0);

    /// <summary>Does it, from whatever phase the update is in, to its end.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var spent = new SpentTime(update, around);
        (_spent, _upToNow, _attempts) = (spent, spent.In, new OpenAttempts(update, spent, around.Logger));
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, spent.Over);
        var keeping = spent.KeepAsync(either.Token);
        try
        {
            await TakeTurnsAsync(either.Token);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            await update.LeaveAsync(_attempts.Leave);
            throw;
        }
        catch (OperationCanceledException) when (spent.Over.IsCancellationRequested)
        {
            string last = Record.Reason.Length > 0 ? $" Last: {Record.Reason}" : "";
            await update.FailAsync(FirmwareResultCode.UpdateFailed, $"{TooLong()}{last}", cancellationToken);
        }
        catch (DownloadException exception)
        {
            await update.FailAsync(exception.Code, exception.Message, cancellationToken);
        }
        catch (Exception exception) when (_attempts.IsOpen)
        {
            // A bug of ours. It was seen, so it is no end of the gateway; and it counts, so that it does not come for ever.
            await update.MoveAsync(record => Failed(_attempts.Close(record), exception.Message), cancellationToken);
            throw;
        }
        finally
        {
            await either.CancelAsync();
            await keeping.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task TakeTurnsAsync(CancellationToken cancellationToken)
    {
        bool mustAsk = Record.Phase is UpdatePhase.HandingOver or UpdatePhase.Offered || Record.IsOffer;
        for (int rests = 1; ; rests++)
        {
            await _spent.UncountedAsync(WindowWait.UntilOpenAsync(Window, around.Time, cancellationToken));
            await target.UntilReadyAsync(cancellationToken);
            _offers = target.Offers; // its driver is there to say so, and may not be when its turn has come
            using (await around.Turns.TakeAsync(target, cancellationToken))
            {
                var step = Record.Phase == UpdatePhase.Confirming
                    ? await ConfirmAgainAsync(cancellationToken)
                    : await HandOverAsync(mustAsk, cancellationToken);
                if (step == Step.End) return;
                _attempts.End();
                mustAsk = step == Step.AskAgain;
            }

            await Task.Delay(Backoff.After(rests), around.Time, cancellationToken);
        }
    }

    private enum Step
    {
        /// <summary>The update has ended.</summary>
        End,

        /// <summary>Once more.</summary>
        Again,

        /// <summary>Once more, and nobody knows how far the device is.</summary>
        AskAgain,
    }

    private async Task<Step> HandOverAsync(bool mustAsk, CancellationToken cancellationToken)
    {
        // Deleted or damaged since, it is fetched again.
        using var image = await around.Images.GetAsync(Record.Image, Record.Task.Version, source, cancellationToken);
        // The device, the turn and the image may have taken hours.
        if (!WindowWait.IsOpen(Window, around.Time)) return mustAsk ? Step.AskAgain : Step.Again;
        int unseen = await _attempts.OpenAsync(cancellationToken);
        if (unseen > OpenAttempts.MaxUnseen) return await GiveUpAsync(unseen, cancellationToken);
        if (mustAsk && await LookAsync(cancellationToken) is { } known) return known;
        if (unseen == OpenAttempts.MaxUnseen) return await GiveUpAsync(unseen, cancellationToken); // asked a last time, no more
        // The questions may have taken minutes.
        if (!WindowWait.IsOpen(Window, around.Time)) return await LaterAsync(Record.Reason, cancellationToken);

        var heard = _heard = new HeardProgress();
        var handOver = _offers
            ? await new StandingOffer(update, target, Window, around, _spent, _attempts).RunAsync(image, heard, cancellationToken)
            : await GiveAsync(image, heard, cancellationToken);
        switch (handOver.Outcome)
        {
            case HandOverOutcome.Taken:
                _attempts.Take();
                if (!Record.HasBegun) _spent.Begin(); // it was offered, and had it all
                await update.MoveAsync(
                    record => _spent.In(record) with { Phase = UpdatePhase.Confirming, HasBegun = true, OpenAttempts = 1, Reason = "" },
                    cancellationToken);
                return await ConfirmAsync(cancellationToken);
            case HandOverOutcome.Withdrawn:
                return Step.AskAgain;
            case HandOverOutcome.Rejected:
                await update.FailAsync(FirmwareResultCode.UpdateFailed, handOver.Reason, cancellationToken);
                return Step.End;
            case HandOverOutcome.Absent:
                LogAbsent(around.Logger, Id, Record.Task.Version, handOver.Reason);
                return await LaterAsync(handOver.Reason, cancellationToken);
            default:
                return await CountFailureAsync(handOver.Reason, cancellationToken);
        }
    }

    private async Task<HandOver> GiveAsync(StoredImage image, HeardProgress heard, CancellationToken cancellationToken)
    {
        if (!Record.HasBegun) _spent.Begin();
        await update.MoveAsync(
            record => _spent.In(record) with { Phase = UpdatePhase.HandingOver, HasBegun = true }, cancellationToken);
        around.Hub.News.Burning(Id, Record.Task.Version);
        return await target.UpdateAsync(image, heard, cancellationToken);
    }

    /// <summary>A hand-over was begun, and nobody saw how it ended: the device is asked before it is given anything again.</summary>
    /// <returns>What that makes of it; <see langword="null"/> to hand over.</returns>
    private async Task<Step?> LookAsync(CancellationToken cancellationToken)
    {
        var (status, reason) = await target.LookAsync(cancellationToken);
        if (await IsWantedAsync(status?.Version, cancellationToken) is not { } isWanted)
            return await LaterAsync(NotCompared(status), cancellationToken);
        if (isWanted) return await DoneAsync(cancellationToken);
        // It has not come for what it was offered: it may be asleep, and what it says of a failure is of another update.
        if (Record.Phase != UpdatePhase.HandingOver) return null;
        if (status is null) return _offers ? null : await LaterAsync(reason, cancellationToken); // one that sleeps comes by itself
        if (status.State == FirmwareState.Failed)
            return await CountFailureAsync($"The device says that it failed: {status.Reason ?? "no reason given"}", cancellationToken);
        // Idle and unknown: it has nothing, or has forgotten. Running: the same image again means to go on.
        return null;
    }

    private async Task<Step> ConfirmAgainAsync(CancellationToken cancellationToken)
    {
        int unseen = await _attempts.OpenAsync(cancellationToken);
        return unseen > OpenAttempts.MaxUnseen ? await GiveUpAsync(unseen, cancellationToken) : await ConfirmAsync(cancellationToken);
    }

    private async Task<Step> ConfirmAsync(CancellationToken cancellationToken)
    {
        var restart = await target.RestartTimeAsync(cancellationToken);
        var silence = restart > SilencePatience ? restart : SilencePatience;
        var since = Now;
        TimeSpan? oldSince = null;
        for (int tries = 0; ; tries++)
        {
            var (status, reason) = await target.QueryAsync(cancellationToken);
            if (status is null) return await LaterAsync(reason, cancellationToken);
            if (await IsWantedAsync(status.Version, cancellationToken) is not { } isWanted)
                return await LaterAsync(NotCompared(status), cancellationToken);
            if (isWanted) return await DoneAsync(cancellationToken);
            switch (status)
            {
                case { State: FirmwareState.Failed }:
                    await update.FailAsync(FirmwareResultCode.UpdateFailed,
                        $"The device says that it failed: {status.Reason ?? "no reason given"}", cancellationToken);
                    return Step.End;
                case { State: FirmwareState.Running }:
                    (since, oldSince) = (Now, null);
                    break;
                case { Version: { } version } when Now - (oldSince ??= Now) >= restart:
                    await update.FailAsync(FirmwareResultCode.UpdateFailed,
                        $"The device took {Record.Task.Version} and still runs {version}.", cancellationToken);
                    return Step.End;
                case { Version: null } when Now - since >= silence:
                    await update.FailAsync(FirmwareResultCode.UpdateFailed,
                        "The device took the image and does not say which version it runs.", cancellationToken);
                    return Step.End;
            }

            await Task.Delay(TimeSpan.FromSeconds(Math.Min(1 << Math.Min(tries, 4), 15)), around.Time, cancellationToken);
        }
    }

    private async Task<Step> DoneAsync(CancellationToken cancellationToken)
    {
        await update.MoveAsync(
            record => _spent.In(record) with { Phase = UpdatePhase.Done, Code = FirmwareResultCode.Success, Reason = "" },
            cancellationToken);
        around.Hub.VersionSeen(Id, Record.Task.Version);
        return Step.End;
    }

    /// <summary>It is not there: nothing is lost, it goes on when it is.</summary>
    private async Task<Step> LaterAsync(string reason, CancellationToken cancellationToken)
    {
        await update.MoveAsync(
            record => _attempts.Close(record) with
            {
                Phase = record.Phase == UpdatePhase.Offered ? UpdatePhase.Queued : record.Phase,
                Reason = reason,
            },
            cancellationToken);
        return Step.AskAgain;
    }

    private async Task<Step> CountFailureAsync(string reason, CancellationToken cancellationToken)
    {
        // One change: a stop or a kill between two would give the device the image once more.
        var record = await update.MoveAsync(
            record => Failed(_spent.In(record) with { Phase = UpdatePhase.Queued, OpenAttempts = 0 }, reason), cancellationToken);
        if (record.IsFinal) return Step.End;
        LogFailure(around.Logger, Id, record.Task.Version, record.Failures, MaxFailures, reason);
        return Step.Again;
    }

    private static UpdateRecord Failed(UpdateRecord record, string reason)
    {
        var counted = record with { Failures = record.Failures + 1, Reason = reason };
        return counted.Failures < MaxFailures ? counted : UpdateTransition.Fail(counted, FirmwareResultCode.UpdateFailed,
            $"Handed over {counted.Failures} times, each time it failed. Last: {reason}");
    }

    private string TooLong() => Record.HasBegun
        ? $"Not done within {DurationJsonConverter.Format(around.Settings.Deadline)}."
        : $"The device did not come for it within {DurationJsonConverter.Format(around.Settings.OfferLifetime)}"
            + $"{(policy().Window is { } window ? $", offered only {window}" : "")}: see that it is awake and looks for firmware.";

    /// <returns><see langword="null"/> where its driver did not say.</returns>
    private async Task<bool?> IsWantedAsync(string? version, CancellationToken cancellationToken) =>
        version is null ? false : await versions.IsSameAsync(Record.Task.Version, version, cancellationToken);

    private string NotCompared(FirmwareStatus? status) =>
        $"The device runs {status?.Version}; its driver did not say whether that is {Record.Task.Version}.";

    private async Task<Step> GiveUpAsync(int unseen, CancellationToken cancellationToken)
    {
        await _attempts.GiveUpAsync(unseen, cancellationToken);
        return Step.End;
    }

    [LoggerMessage(4651, LogLevel.Warning, "Firmware of {Device} to {Version} waits for the device: {Reason}")]
    private static partial void LogAbsent(ILogger logger, SubDeviceId device, string version, string reason);

    [LoggerMessage(4652, LogLevel.Warning, "Firmware of {Device} to {Version}: hand-over {Failures} of {MaxFailures} failed: {Reason}")]
    private static partial void LogFailure(
        ILogger logger, SubDeviceId device, string version, int failures, int maxFailures, string reason);
}
