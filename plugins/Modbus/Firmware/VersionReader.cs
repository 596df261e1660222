using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace BridgeFramework.Modbus;

/// <summary>Asks each unit that has become present which firmware it runs, and tells the channel.</summary>
/// <param name="channel">Is told.</param>
/// <param name="line">The line.</param>
/// <param name="units">How many units the line has.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">Takes what cannot be read.</param>
internal sealed partial class VersionReader(IChannel channel, ModbusLine line, int units, TimeProvider time, ILogger logger)
{
    // One that does not find room comes and goes faster than it can be asked: it is asked for its place in the queue.
    private readonly Channel<PolledUnit> _present = Channel.CreateBounded<PolledUnit>(
        new BoundedChannelOptions(Math.Max(1, units)) { FullMode = BoundedChannelFullMode.DropWrite });

    /// <summary>Has a unit asked soon, where it has a control window.</summary>
    public void Ask(PolledUnit unit)
    {
        if (unit.Settings.Firmware is not null) _present.Writer.TryWrite(unit);
    }

    /// <summary>Asks until told to stop.</summary>
    /// <exception cref="OperationCanceledException">The normal end.</exception>
    public async Task RunAsync(CancellationToken stopping)
    {
        await foreach (var unit in _present.Reader.ReadAllAsync(stopping))
        {
            // It says so itself when its update is over.
            if (unit.IsHeld || unit.Settings.Firmware is not { } settings) continue;
            var window = new UnitWindow(line, unit, settings, time);
            try
            {
                var status = await window.ReadAsync(stopping);
                if (FirmwareVersion.IsValid(status.Version)) channel.SetFirmwareVersion(unit.Device, status.Version);
                else LogUnreadable(logger, window.Name, settings.Window);
            }
            catch (DriverException e)
            {
                LogUnknown(logger, e.Message);
            }
        }
    }

    [LoggerMessage(5102, LogLevel.Warning,
        "{Unit} runs a version that is no text of 1 to 16 of A-Z a-z 0-9 . _ -, beginning with a letter or digit: check "
            + "'firmware.window' ({Window})")]
    private static partial void LogUnreadable(ILogger logger, string unit, int window);

    [LoggerMessage(5103, LogLevel.Information, "The firmware version is not known: {Reason}")]
    private static partial void LogUnknown(ILogger logger, string reason);
}
