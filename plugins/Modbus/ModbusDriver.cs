using BridgeFramework.Drivers;
using Microsoft.Extensions.Logging;

namespace BridgeFramework.Modbus;

/// <summary>A Modbus master on one line: polls its units, writes when told to, gives them firmware.</summary>
internal sealed partial class ModbusDriver(ModbusChannelSettings settings, TimeProvider time, ILogger<ModbusDriver> logger)
    : ISubDeviceDriver, ICommandHandler, IFirmwareUpdater
{
    /// <summary>How long what was begun may take to end when the channel stops: a swap of the plugin waits for it.</summary>
    private static readonly TimeSpan LastAnswers = TimeSpan.FromSeconds(2);

    private readonly Dictionary<SubDevice, PolledUnit> _units = new(ReferenceEqualityComparer.Instance);
    private volatile UnitCommands? _commands;
    private volatile UnitFirmware? _firmware;

    /// <inheritdoc/>
    public async Task RunAsync(IChannel channel, CancellationToken stopping)
    {
        foreach (var device in channel.Devices) _units.Add(device, Open(device));
        var transport = new TcpTransport(settings.Host, settings.Port, settings.ConnectTimeout, time);
        var line = new ModbusLine(transport.Endpoint, settings, time, channel.RecordFrame);
        var versions = new VersionReader(channel, line, _units.Count, time, logger);
        var poller = new UnitPoller(channel, line, [.. _units.Values], settings, time) { BecamePresent = versions.Ask };
        using var writer = new PointWriter(line, settings, time);
        _commands = new UnitCommands(channel, line, poller, writer);
        _firmware = new UnitFirmware(channel, line, poller, time);
        LogStarted(logger, channel.Name, transport.Endpoint, _units.Count);

        using var either = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        using var close = new CancellationTokenSource();
        var link = new ReconnectLoop(transport, new Backoff(), time, logger).RunAsync(line, close.Token);
        var polls = poller.RunAsync(either.Token, close.Token);
        var reads = versions.RunAsync(either.Token);
        // A line whose device is unreachable is at work too: it keeps trying.
        channel.SetServing();
        var ended = await Task.WhenAny(link, polls, reads);
        await either.CancelAsync();
        // What has been begun to be read is read and reported before the line is closed.
        await Task.WhenAll(polls, reads).WaitAsync(LastAnswers, time, CancellationToken.None)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await close.CancelAsync();
        await Task.WhenAll(link, polls, reads).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await ended;
    }

    /// <inheritdoc/>
    public Task<CommandResult> ExecuteAsync(SubDevice device, DeviceCommand command, CancellationToken cancellationToken)
    {
        var commands = _commands ?? throw NotYet();
        return commands.ExecuteAsync(_units[device], command, cancellationToken);
    }

    /// <inheritdoc/>
    public Task UpdateAsync(
        SubDevice device, IFirmwareImage image, IProgress<FirmwareProgress> progress, CancellationToken cancellationToken)
    {
        var firmware = _firmware ?? throw NotYet();
        return firmware.UpdateAsync(_units[device], image, progress, cancellationToken);
    }

    /// <inheritdoc/>
    public Task<FirmwareStatus> QueryAsync(SubDevice device, CancellationToken cancellationToken)
    {
        var firmware = _firmware ?? throw NotYet();
        return firmware.QueryAsync(_units[device], cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static LinkDownException NotYet() => new("The line is being set up: try again.");

    private PolledUnit Open(SubDevice device)
    {
        try
        {
            return new PolledUnit(device, settings);
        }
        catch (ArgumentException e)
        {
            throw new DriverException($"{device} is configured wrongly. {e.Message}", e) { IsTransient = false };
        }
    }

    [LoggerMessage(5101, LogLevel.Information, "Channel {Channel}: Modbus TCP to {Endpoint}, {Devices} sub-devices")]
    private static partial void LogStarted(ILogger logger, string channel, string endpoint, int devices);
}
