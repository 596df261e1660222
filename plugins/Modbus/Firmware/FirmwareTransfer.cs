namespace BridgeFramework.Modbus;

/// <summary>Gives one unit one image: announces it, sends it, has it checked and started.</summary>
/// <remarks>
/// A unit that is lost on the way keeps what it has, and the same image goes on there. What ends for another reason before the
/// image is started is aborted; the unit runs its old firmware all the while.
/// </remarks>
/// <param name="window">The unit's control window.</param>
/// <param name="write">Carries the blocks.</param>
/// <param name="settings">How the unit takes firmware.</param>
/// <param name="memory">What is remembered of its last transfer.</param>
/// <param name="image">The image.</param>
/// <param name="progress">Told how far it is.</param>
/// <param name="time">The clock.</param>
internal sealed class FirmwareTransfer(
    UnitWindow window,
    BlockWrite write,
    ModbusFirmwareSettings settings,
    TransferMemory memory,
    IFirmwareImage image,
    IProgress<FirmwareProgress> progress,
    TimeProvider time)
{
    private static readonly TimeSpan ReportEvery = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ProbeEvery = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan AbortPatience = TimeSpan.FromSeconds(2);
    private long _reported;

    /// <summary>Whether the unit was told of the image and not yet to start it.</summary>
    private bool _underWay;

    /// <summary>Transfers and starts the image.</summary>
    /// <exception cref="DriverException">It did not come to that.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            var status = await BeginAsync(cancellationToken);
            // Told to start it the last time, and it was back too late to be seen.
            if (memory.IsStarted(image) && status.State == WindowState.Idle && IsWanted(status)) return;
            int blockWords = CheckFits(status);
            long word = IsResumable(status) ? status.Received / 2 : await PrepareAsync(blockWords, cancellationToken);
            _underWay = true;
            Report(FirmwareStage.Transferring, Math.Min(2 * word, image.Size));
            await new BlockSender(window, write, image, ReportNowAndThen).SendAsync(
                word, blockWords, settings.FileNumber, cancellationToken);
            await VerifyAsync(cancellationToken);
            await ActivateAsync(cancellationToken);
        }
        catch (Exception e) when (_underWay && e is not (DeviceUnreachableException or LinkDownException))
        {
            await AbortAsync();
            throw;
        }
    }

    private async Task<WindowStatus> BeginAsync(CancellationToken cancellationToken)
    {
        Report(FirmwareStage.Preparing, 0);
        var status = await window.ReadAsync(cancellationToken);
        if (status.Revision == ControlWindow.Revision) return status;
        throw new DeviceRejectedException(
            $"{window.Name} is not upgradable: its control window has revision {status.Revision}, expected {ControlWindow.Revision}. "
            + $"Check 'firmware.window' ({settings.Window}).");
    }

    /// <summary>Gives the words of a block, or refuses an image that the unit cannot hold.</summary>
    private int CheckFits(WindowStatus status)
    {
        if (image.Size is 0 || image.Size > 1024L * status.LargestImage)
            throw new DeviceRejectedException(
                $"{window.Name} takes images of 1 byte to {status.LargestImage} KiB; version {image.Version} has {image.Size} bytes. "
                + "Choose the image for this device.");
        if (status.LargestBlock == 0)
            throw new DeviceRejectedException(
                $"{window.Name} says that it takes blocks of 0 words: check 'firmware.window' ({settings.Window}).");
        if (FileBlock.At(BlockSender.WordsOf(image) - 1, BlockSender.WordsOf(image), 1, settings.FileNumber).File > ushort.MaxValue)
            throw new DeviceRejectedException(
                $"{window.Name}: version {image.Version} would need files above {ushort.MaxValue}. Choose a lower 'firmware.fileNumber'.");
        return Math.Min(settings.BlockWords, status.LargestBlock);
    }

    private bool IsResumable(WindowStatus status) =>
        memory.IsAnnounced(image) && status.State == WindowState.Receiving && status.Received <= 2 * BlockSender.WordsOf(image);

    private async Task<long> PrepareAsync(int blockWords, CancellationToken cancellationToken)
    {
        uint crc = await ImageCrc.OfAsync(image, cancellationToken);
        memory.Forget();
        _underWay = true;
        byte[] command = ControlWindow.Prepare(settings.Window, (uint)image.Size, crc, image.Version, blockWords, settings.FileNumber);
        // One that receives and has something was told of another image.
        await window.DriveAsync(
            command, WindowState.Receiving, s => s.State == WindowState.Erasing || s is { State: WindowState.Receiving, Received: 0 },
            settings.PrepareTimeout, $"make room for version {image.Version}", cancellationToken);
        memory.Announced(image);
        return 0;
    }

    private async Task VerifyAsync(CancellationToken cancellationToken)
    {
        Report(FirmwareStage.Verifying, image.Size);
        await window.DriveAsync(
            ControlWindow.Command(settings.Window, WindowCommand.Verify), WindowState.Ready, s => s.State != WindowState.Receiving,
            settings.VerifyTimeout, $"verify version {image.Version}", cancellationToken);
    }

    /// <summary>Has it start the image and waits until it is back. From here on nothing can be aborted.</summary>
    private async Task ActivateAsync(CancellationToken cancellationToken)
    {
        Report(FirmwareStage.Activating, image.Size);
        byte[] command = ControlWindow.Command(settings.Window, WindowCommand.Activate);
        var told = await window.TellAsync(command, cancellationToken);
        if (told.Kind == OutcomeKind.Refused && !told.Exception.IsBusy() && !UnitWindow.IsLost(told))
            throw window.Refusal(await window.ReadAsync(cancellationToken), $"refused to start version {image.Version}");
        _underWay = false;
        memory.Started(image);
        await Task.Delay(settings.RebootDelay, time, cancellationToken);

        long begun = time.GetTimestamp();
        ModbusOutcome outcome;
        while (true)
        {
            // A device with a TCP port of its own takes the connection with it, so a line that is down means nothing here.
            outcome = await window.LookAsync(cancellationToken);
            if (outcome.IsDone && window.Status.State != WindowState.Ready) break;
            if (time.GetElapsedTime(begun) >= settings.RebootTimeout) break;
            // It waits still: it has not heard.
            if (outcome.IsDone && !told.IsDone) told = await window.TellAsync(command, cancellationToken);
            await Task.Delay(ProbeEvery, time, cancellationToken);
        }

        Check(outcome);
    }

    private void Check(ModbusOutcome outcome)
    {
        if (outcome.IsDone && IsWanted(window.Status)) return;
        if (!outcome.IsDone)
        {
            string waited = DurationJsonConverter.Format(settings.RebootTimeout);
            throw new DeviceUnreachableException(
                $"{window.Name} was told to start version {image.Version} and did not come back within {waited}: check that it has "
                    + "power, and what it runs.");
        }

        if (window.Status.State == WindowState.Failed) throw window.Refusal(window.Status, $"failed to start version {image.Version}");
        throw new DeviceRejectedException(
            $"{window.Name} still runs {window.Status.VersionText} after it was told to start version {image.Version}: "
            + "it could not run it, or the image holds another version than it is said to.");
    }

    private bool IsWanted(WindowStatus status) => status.Version.Equals(image.Version, StringComparison.Ordinal);

    /// <summary>Best effort: a unit that does not hear it runs its old firmware too.</summary>
    private async Task AbortAsync()
    {
        using var patience = new CancellationTokenSource(AbortPatience, time);
        try
        {
            var outcome = await window.TellAsync(ControlWindow.Command(settings.Window, WindowCommand.Abort), patience.Token);
            if (outcome.IsDone) memory.Forget();
        }
        catch (Exception e) when (e is OperationCanceledException or DriverException)
        {
            // The line is down, or has no turn to give.
        }
    }

    private void ReportNowAndThen(long acknowledged)
    {
        if (time.GetElapsedTime(_reported) >= ReportEvery) Report(FirmwareStage.Transferring, acknowledged);
    }

    private void Report(FirmwareStage stage, long acknowledged)
    {
        _reported = time.GetTimestamp();
        progress.Report(new FirmwareProgress { Stage = stage, BytesAcknowledged = acknowledged });
    }
}
