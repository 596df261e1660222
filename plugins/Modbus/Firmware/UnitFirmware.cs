using System.Collections.Concurrent;

namespace BridgeFramework.Modbus;

/// <summary>Gives units firmware and asks them which they run.</summary>
/// <param name="channel">Is told which version a unit runs.</param>
/// <param name="line">The line.</param>
/// <param name="poller">Leaves a unit alone while it is given firmware.</param>
/// <param name="time">The clock.</param>
internal sealed class UnitFirmware(IChannel channel, ModbusLine line, UnitPoller poller, TimeProvider time)
{
    // No table of weak references: it would keep the plugin in memory.
    private readonly ConcurrentDictionary<UnitStanding, TransferMemory> _memories = new(ReferenceEqualityComparer.Instance);

    /// <inheritdoc cref="IFirmwareUpdater.UpdateAsync"/>
    public async Task UpdateAsync(
        PolledUnit unit, IFirmwareImage image, IProgress<FirmwareProgress> progress, CancellationToken cancellationToken)
    {
        var settings = unit.Settings.Firmware ?? throw new DeviceRejectedException(
            $"Unit {unit.UnitId} at {line.Endpoint} ({unit.Device}) cannot be given firmware: its settings have no 'firmware'; "
            + "add it if the device has a control window.");
        var window = new UnitWindow(line, unit, settings, time);
        if (!FirmwareVersion.IsValid(image.Version) || image.Version.Length > ControlWindow.VersionLength)
            throw new DeviceRejectedException(
                $"{window.Name} has room for a version of {ControlWindow.VersionLength} characters; '{image.Version}' has "
                    + $"{image.Version.Length}. "
                + "Publish the image under a shorter version.");

        foreach (var gone in _memories.Keys)
            if (gone.Unit is null) _memories.TryRemove(gone, out _);
        var memory = _memories.GetOrAdd(unit.Standing, _ => new TransferMemory());
        var transfer = new FirmwareTransfer(
            window, new BlockWrite(unit.UnitId, settings.LenientEcho), settings, memory, image, progress, time);
        unit.Standing.IsHeld = true;
        try
        {
            await transfer.RunAsync(cancellationToken);
            unit.Standing.SayVersion(channel, image.Version);
        }
        finally
        {
            poller.Release(unit.Standing);
        }
    }

    /// <inheritdoc cref="IFirmwareUpdater.QueryAsync"/>
    public async Task<FirmwareStatus> QueryAsync(PolledUnit unit, CancellationToken cancellationToken)
    {
        if (unit.Settings.Firmware is not { } settings) return new FirmwareStatus { State = FirmwareState.Unknown };
        var status = await new UnitWindow(line, unit, settings, time).ReadAsync(cancellationToken);
        if (status.Revision != ControlWindow.Revision) return new FirmwareStatus { State = FirmwareState.Unknown };
        return new FirmwareStatus
        {
            State = status.State switch
            {
                WindowState.Idle => FirmwareState.Idle,
                WindowState.Erasing or WindowState.Receiving or WindowState.Verifying or WindowState.Ready => FirmwareState.Running,
                WindowState.Failed => FirmwareState.Failed,
                _ => FirmwareState.Unknown,
            },
            Version = FirmwareVersion.IsValid(status.Version) ? status.Version : null,
            Reason = status.State == WindowState.Failed ? status.Error.Describe() : null,
        };
    }
}
