using BridgeFramework.IotHub;
using Microsoft.Extensions.Logging;

namespace BridgeFramework.Runtime;

/// <summary>The update of one device as a record that changes on disk first: whoever reads it after a crash goes on from there.</summary>
/// <remarks>
/// One loop does what the record says, step by step; a change from outside that makes something else of it
/// interrupts the step, and any change ends its rest. Safe from any thread.
/// </remarks>
#pragma warning disable CA1001, IDISP006 // The semaphore holds no handle, and the step is its owner's.
internal sealed partial class DurableUpdate(SubDeviceId id, UpdateRecord? found, UpdateRecords records, TimeProvider time, ILogger logger)
#pragma warning restore CA1001, IDISP006
{
    private static readonly TimeSpan DiskRest = TimeSpan.FromSeconds(10);

    private readonly SemaphoreSlim _writing = new(1);
    private readonly Lock _gate = new();
    private UpdateRecord? _record = found;
    private CancellationTokenSource? _step; // what is being done now
    private bool _isOver;
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TaskCompletionSource _addressChanged = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public SubDeviceId Id => id;

    /// <summary>How it stands; <see langword="null"/> where the device never had one.</summary>
    public UpdateRecord? Record
    {
        get
        {
            lock (_gate) return _record;
        }
    }

    /// <summary>How it stands, for who knows that there is one.</summary>
    public UpdateRecord Current => Record ?? throw new InvalidOperationException("There is no update.");

    /// <summary>Whether nothing is done about it any more.</summary>
    public bool IsOver
    {
        get
        {
            lock (_gate) return _isOver;
        }
    }

    /// <summary>Completes when the hub has given the image another address than the current one.</summary>
    public Task AddressChanged
    {
        get
        {
            lock (_gate) return _addressChanged.Task;
        }
    }

    /// <summary>Completes when the record is another one, at once where it is by now: whatever has changed, there may be something to
    /// do about it.</summary>
    /// <param name="known">The record that nothing is to be done about.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task UntilChangedAsync(UpdateRecord? known, CancellationToken cancellationToken)
    {
        lock (_gate) return ReferenceEquals(known, _record) ? _changed.Task.WaitAsync(cancellationToken) : Task.CompletedTask;
    }

    /// <summary>A step begins.</summary>
    /// <param name="step">Cancelled when a change from outside makes something else of the update.</param>
    /// <returns>What the step is to do.</returns>
    public UpdateRecord? Begin(CancellationTokenSource step)
    {
        lock (_gate)
        {
            _step = step;
            if (_isOver) step.Cancel();
            return _record;
        }
    }

    /// <summary>Has the step that is being done begun anew, if there is one.</summary>
    public void BeginAgain()
    {
        lock (_gate) _step?.Cancel();
    }

    /// <summary>Ends the step that is being done; there is none after it.</summary>
    public void EndAll()
    {
        lock (_gate)
        {
            _isOver = true;
            _step?.Cancel();
        }
    }

    /// <summary>The step is over.</summary>
    public void End()
    {
        lock (_gate) _step = null;
    }

    /// <summary>Changes the record as part of a step. Where the disk does not take it, it is tried again until it does: nothing is done
    /// that is not written down.</summary>
    /// <param name="change">Makes the new one. The same one means that nothing changes.</param>
    /// <param name="cancellationToken">Gives up; nothing has changed then.</param>
    public Task<UpdateRecord> MoveAsync(Func<UpdateRecord, UpdateRecord> change, CancellationToken cancellationToken) =>
        ChangeAsync(
            record => change(record ?? throw new InvalidOperationException("There is no update.")), interrupts: false, cancellationToken);

    /// <summary>It has come to nothing.</summary>
    public Task FailAsync(FirmwareResultCode code, string reason, CancellationToken cancellationToken) =>
        MoveAsync(record => UpdateTransition.Fail(record, code, reason), cancellationToken);

    /// <summary>Changes the record from outside: a task of the hub, an order of an operator.</summary>
    /// <inheritdoc cref="MoveAsync"/>
    public Task<UpdateRecord> InterruptAsync(Func<UpdateRecord?, UpdateRecord> change, CancellationToken cancellationToken) =>
        ChangeAsync(change, interrupts: true, cancellationToken);

    /// <summary>Changes the record as part of a step that is given up. Tried once: nobody waits for the disk then, and without it the
    /// next start sees an end that nobody saw.</summary>
    /// <param name="change">Makes the new one. The same one means that nothing changes.</param>
    public async Task LeaveAsync(Func<UpdateRecord, UpdateRecord> change)
    {
        await _writing.WaitAsync(CancellationToken.None);
        try
        {
            var before = Current;
            var after = change(before);
            if (ReferenceEquals(before, after)) return;
            await OwnThread.RunAsync(() => records.Write(after));
            Become(before, after, interrupts: false);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            LogUnleft(logger, id, exception.Message);
        }
        finally
        {
            _writing.Release();
        }
    }

    private async Task<UpdateRecord> ChangeAsync(
        Func<UpdateRecord?, UpdateRecord> change, bool interrupts, CancellationToken cancellationToken)
    {
        await _writing.WaitAsync(cancellationToken);
        try
        {
            cancellationToken.ThrowIfCancellationRequested(); // the step may have been interrupted in between
            var before = Record;
            var after = change(before);
            if (ReferenceEquals(before, after)) return after;
            await WriteAsync(after, cancellationToken);
            Become(before, after, interrupts);
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
                await OwnThread.RunAsync(() => records.Write(record));
                return;
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                LogUnwritable(logger, id, exception.Message, DiskRest.TotalSeconds);
                await Task.Delay(DiskRest, time, cancellationToken);
            }
        }
    }

    private void Become(UpdateRecord? before, UpdateRecord after, bool interrupts)
    {
        lock (_gate)
        {
            _record = after;
            Signal(ref _changed);
            if (before?.Task.Url != after.Task.Url) Signal(ref _addressChanged);

            if (interrupts && (before?.Phase != after.Phase || before.IsFinal != after.IsFinal || !before.Task.Equals(after.Task)))
                _step?.Cancel();
        }

        if (before?.Phase == after.Phase && before.Task.Equals(after.Task)) return;
        if (after.Phase == UpdatePhase.Failed) LogFailed(logger, id, after.Task.Version, after.Reason);
        else if (after.Phase == UpdatePhase.Done) LogDone(logger, id, after.From ?? "unknown", after.Task.Version);
        else LogPhase(logger, id, after.Task.Version, after.Phase);
    }

    private static void Signal(ref TaskCompletionSource happened)
    {
        happened.TrySetResult();
        happened = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    [LoggerMessage(4641, LogLevel.Information, "Firmware of {Device} to {Version}: {Phase}")]
    private static partial void LogPhase(ILogger logger, SubDeviceId device, string version, UpdatePhase phase);

    [LoggerMessage(4642, LogLevel.Information, "Firmware of {Device}: {From} -> {Version} done")]
    private static partial void LogDone(ILogger logger, SubDeviceId device, string from, string version);

    [LoggerMessage(4643, LogLevel.Error, "Firmware of {Device} to {Version} failed: {Reason}")]
    private static partial void LogFailed(ILogger logger, SubDeviceId device, string version, string reason);

    [LoggerMessage(4645, LogLevel.Warning, "How the firmware update of {Device} stands cannot be written down, and so it does not go on: "
        + "{Reason} It is tried again in {Seconds:0} s")]
    private static partial void LogUnwritable(ILogger logger, SubDeviceId device, string reason, double seconds);

    [LoggerMessage(4648, LogLevel.Warning, "How the firmware update of {Device} was left cannot be written down: {Reason}")]
    private static partial void LogUnleft(ILogger logger, SubDeviceId device, string reason);
}
