using System.Runtime.CompilerServices;
using BridgeFramework.Drivers;

namespace BridgeFramework.Modbus;

/// <summary>The control window of one unit: asks and tells it, ahead of polls and behind commands, as often as it takes.</summary>
/// <param name="line">The line.</param>
/// <param name="unit">The unit.</param>
/// <param name="settings">How it takes firmware.</param>
/// <param name="time">The clock.</param>
internal sealed class UnitWindow(ModbusLine line, PolledUnit unit, ModbusFirmwareSettings settings, TimeProvider time)
{
    private static readonly TimeSpan[] Pauses = [TimeSpan.FromSeconds(0.2), TimeSpan.FromSeconds(0.5), TimeSpan.FromSeconds(1)];
    private static readonly Backoff BusyPauses = new() { First = TimeSpan.FromSeconds(0.1), Max = TimeSpan.FromSeconds(2), Jitter = 0 };
    private static readonly TimeSpan LongestBusy = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan PollEvery = TimeSpan.FromSeconds(0.5);
    private readonly WindowRead _read = new(unit.UnitId, settings.Window);

    /// <summary>Who this is, for messages.</summary>
    public string Name => $"Unit {unit.UnitId} at {line.Endpoint} ({unit.Device})";

    /// <summary>The last answer to <see cref="LookAsync"/>.</summary>
    public WindowStatus Status => _read.Status;

    /// <summary>Looks at the window once.</summary>
    public ValueTask<ModbusOutcome> LookAsync(CancellationToken cancellationToken) =>
        line.ExecuteAsync(_read, BusPriority.Transfer, cancellationToken);

    /// <summary>Tells it a command once.</summary>
    public ValueTask<ModbusOutcome> TellAsync(byte[] command, CancellationToken cancellationToken) =>
        line.ExecuteAsync(new EchoedWrite(unit.UnitId, command, unit.Settings.LenientWriteEcho), BusPriority.Transfer, cancellationToken);

    /// <summary>Reads the window.</summary>
    /// <exception cref="DriverException">It could not be read.</exception>
    public async Task<WindowStatus> ReadAsync(CancellationToken cancellationToken)
    {
        var outcome = await SendAsync(_read, cancellationToken);
        return outcome.IsDone ? Status : throw Failure(outcome, "its control window");
    }

    /// <summary>Sends a request; one that is lost is repeated 3 times, a unit that is busy is waited for.</summary>
    /// <returns>The last outcome.</returns>
    /// <exception cref="LinkDownException">The line is down.</exception>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<ModbusOutcome> SendAsync(ModbusRequest request, CancellationToken cancellationToken)
    {
        long? busySince = null;
        int lost = 0;
        int busy = 0;
        while (true)
        {
            var outcome = await line.ExecuteAsync(request, BusPriority.Transfer, cancellationToken);
            ThrowIfDown(outcome);
            if (outcome.Kind == OutcomeKind.Refused && outcome.Exception.IsBusy())
            {
                busySince ??= time.GetTimestamp();
                if (time.GetElapsedTime(busySince.Value) >= LongestBusy) return outcome;
                await Task.Delay(BusyPauses.For(++busy), time, cancellationToken);
                continue;
            }

            if (!IsLost(outcome) || lost == Pauses.Length) return outcome;
            await Task.Delay(Pauses[lost++], time, cancellationToken);
        }
    }

    /// <summary>Tells it a command and waits until it has done what was asked.</summary>
    /// <param name="command">The PDU of the command.</param>
    /// <param name="goal">The state that it is to come to.</param>
    /// <param name="heard">Whether a state shows that the command has arrived, where no answer said so.</param>
    /// <param name="timeout">The longest time for it.</param>
    /// <param name="name">What it was told to do, for messages.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="DriverException">It does not come to that state.</exception>
    public async Task DriveAsync(
        byte[] command, WindowState goal, Predicate<WindowStatus> heard, TimeSpan timeout, string name, CancellationToken cancellationToken)
    {
        long begun = time.GetTimestamp();
        bool accepted = await IsTakenAsync(command, name, cancellationToken);
        ModbusOutcome outcome;
        do
        {
            await Task.Delay(PollEvery, time, cancellationToken);
            outcome = await LookAsync(cancellationToken);
            ThrowIfDown(outcome);
            // Flash memory that is being erased or read keeps many a device from answering.
            if (IsLost(outcome) || outcome.Exception.IsBusy()) continue;
            if (!outcome.IsDone) throw Failure(outcome, "its control window");
            accepted = accepted || heard(Status);
            if (!accepted) accepted = await IsTakenAsync(command, name, cancellationToken);
            else if (Status.State == goal) return;
            else if (Status.State == WindowState.Failed) throw Refusal(Status, $"failed to {name}");
            else if (Status.State == WindowState.Idle && goal == WindowState.Ready)
                throw Refusal(Status, $"lost what it received before it could {name}");
        }
        while (time.GetElapsedTime(begun) < timeout);

        string waited = $"within {DurationJsonConverter.Format(timeout)}";
        if (IsLost(outcome)) throw Failure(outcome, $"how it goes on, after it was told to {name}, {waited}");
        throw new DriverException(
            $"{Name} did not {name} {waited}: it is {(outcome.IsDone ? Status.State.Describe() : "busy")}. If it takes longer, allow "
                + "more in 'firmware'.");
    }

    /// <summary>Says why a unit is not as it should be, by the state and error that it gives.</summary>
    public DriverException Refusal(WindowStatus status, string what)
    {
        string message = $"{Name} {what}: it is {status.State.Describe()}; {status.Error.Describe()}.";
        return status.Error.IsFinal() ? new DeviceRejectedException(message) : new DriverException(message);
    }

    /// <summary>Says what went wrong with a request.</summary>
    /// <param name="outcome">Not done.</param>
    /// <param name="subject">What it was asked for.</param>
    public DriverException Failure(ModbusOutcome outcome, string subject) => outcome.Kind switch
    {
        OutcomeKind.LinkDown or OutcomeKind.LinkLost =>
            new LinkDownException(
                $"The connection to {line.Endpoint} was lost while unit {unit.UnitId} ({unit.Device}) was asked for {subject}. It is "
                    + "tried again when it is back."),
        OutcomeKind.Refused when outcome.Exception.IsBusy() =>
            new DriverException($"{Name} is too busy to be asked for {subject}: try again later."),
        OutcomeKind.Refused when outcome.Exception.IsFinal() => new DeviceRejectedException(
            $"{Name} refused {subject} (exception {(byte)outcome.Exception}): check 'firmware' ('window' {settings.Window}), "
            + "or leave it out if the device takes no firmware over Modbus."),
        OutcomeKind.Refused when !outcome.Exception.IsNoAnswer() =>
            new DriverException($"{Name} refused {subject}: {outcome.Exception.Describe()}."),
        OutcomeKind.Mismatched => new DriverException(
            $"{Name} answered wrongly when asked for {subject}. If it does not repeat blocks as it should, set 'firmware.lenientEcho'."),
        _ => new DeviceUnreachableException($"{Name} did not answer when asked for {subject}: check unit id, wiring and power."),
    };

    /// <summary>Whether no valid answer came to a request that was sent.</summary>
    public static bool IsLost(ModbusOutcome outcome) => outcome.Kind switch
    {
        OutcomeKind.TimedOut or OutcomeKind.Mismatched or OutcomeKind.LinkLost => true,
        OutcomeKind.Refused => outcome.Exception.IsNoAnswer(),
        _ => false,
    };

    /// <summary>Tells it a command.</summary>
    /// <returns><see langword="false"/> where nobody knows whether it has arrived, or it is not to be carried out yet.</returns>
    private async Task<bool> IsTakenAsync(byte[] command, string name, CancellationToken cancellationToken)
    {
        var outcome = await TellAsync(command, cancellationToken);
        ThrowIfDown(outcome);
        if (outcome.IsDone || outcome.Exception == ExceptionCode.Acknowledge) return true;
        if (IsLost(outcome) || outcome.Exception.IsBusy()) return false;
        var status = await ReadAsync(cancellationToken);
        throw status.Error == WindowError.None ? Failure(outcome, $"to {name}") : Refusal(status, $"refused to {name}");
    }

    private void ThrowIfDown(ModbusOutcome outcome)
    {
        if (outcome.Kind != OutcomeKind.LinkDown) return;
        throw new LinkDownException(
            $"The line to {line.Endpoint} is down, and with it unit {unit.UnitId} ({unit.Device}): {line.DownReason ?? "no connection."} "
            + "It is tried again when it is back.");
    }
}
