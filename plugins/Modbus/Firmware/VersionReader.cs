using System.Collections.Concurrent;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace BridgeFramework.Modbus;

/// <summary>Asks each unit that has become present which firmware it runs, and tells the channel.</summary>
/// <param name="channel">Is told.</param>
/// <param name="line">The line.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">Takes what cannot be read.</param>
internal sealed partial class VersionReader(IChannel channel, ModbusLine line, TimeProvider time, ILogger logger)
{
    private readonly Channel<UnitStanding> _present = Channel.CreateUnbounded<UnitStanding>();
    // Each has one place in the queue: one may come and go faster than it can be asked.
    private readonly ConcurrentDictionary<UnitStanding, bool> _queued = new(ReferenceEqualityComparer.Instance);

    /// <summary>Has a unit asked soon, where it has a control window.</summary>
    public void Ask(UnitStanding standing)
    {
        if (standing.Unit?.Settings.Firmware is not null && _queued.TryAdd(standing, true)) _present.Writer.TryWrite(standing);
    }

    /// <summary>Asks until told to stop.</summary>
    /// <exception cref="OperationCanceledException">The normal end.</exception>
    public async Task RunAsync(CancellationToken stopping)
    {
        await foreach (var standing in _present.Reader.ReadAllAsync(stopping))
        {
            _queued.TryRemove(standing, out _);
            // It says so itself when its update is over.
            if (standing is not { IsHeld: false, Unit: { Settings.Firmware: { } settings } unit }) continue;
            var window = new UnitWindow(line, unit, settings, time);
            try
            {
                var status = await window.ReadAsync(stopping);
                if (FirmwareVersion.IsValid(status.Version)) standing.SayVersion(channel, status.Version);
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
