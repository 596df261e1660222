using BridgeFramework.Drivers;
using Microsoft.Extensions.Logging;

namespace BridgeFramework.Modbus;

/// <summary>A Modbus master on one line: polls its units, writes when told to, gives them firmware.</summary>
internal sealed partial class ModbusDriver(ModbusChannelSettings settings, TimeProvider time, ILogger<ModbusDriver> logger)
    : ISubDeviceDriver, ILiveDevices, ICommandHandler, IFirmwareUpdater
{
    /// <summary>How long what was begun may take to end when the channel stops: a swap of the plugin waits for it.</summary>
    private static readonly TimeSpan LastAnswers = TimeSpan.FromSeconds(2);

    private readonly LineUnits _units = new(settings);
    private volatile UnitPoller? _poller;
    private volatile UnitCommands? _commands;
    private volatile UnitFirmware? _firmware;

    /// <inheritdoc/>
    public async Task RunAsync(IChannel channel, CancellationToken stopping)
    {
        foreach (var device in channel.Devices) _units.Add(device);
        var transport = new TcpTransport(settings.Host, settings.Port, settings.ConnectTimeout, time);
        var line = new ModbusLine(transport.Endpoint, settings, time, channel.RecordFrame);
        var versions = new VersionReader(channel, line, time, logger);
        var poller = new UnitPoller(channel, line, _units, settings, time) { BecamePresent = versions.Ask };
        using var writer = new PointWriter(line, settings, time);
        _poller = poller;
        _commands = new UnitCommands(channel, line, poller, writer);
        _firmware = new UnitFirmware(channel, line, poller, time);
        LogStarted(logger, channel.Name, transport.Endpoint, channel.Devices.Count);

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
    public ValueTask ApplyAsync(DeviceChange change, CancellationToken cancellationToken)
    {
        var poller = _poller ?? throw NotYet();
        var before = change.Before is { } old ? _units.Find(old) ?? throw Gone(old) : null;
        var after = change.After is { } device ? _units.Add(device, before) : null;
        if (before is not null && after is null) _units.Remove(before);
        poller.Change(before, after);
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public Task<CommandResult> ExecuteAsync(SubDevice device, DeviceCommand command, CancellationToken cancellationToken)
    {
        var commands = _commands ?? throw NotYet();
        var unit = _units.Find(device) ?? throw new DeviceRejectedException(
            $"{device} was removed or changed while the command was on its way: send it again if it is still wanted.");
        return commands.ExecuteAsync(unit, command, cancellationToken);
    }

    /// <inheritdoc/>
    public Task UpdateAsync(
        SubDevice device, IFirmwareImage image, IProgress<FirmwareProgress> progress, CancellationToken cancellationToken)
    {
        var firmware = _firmware ?? throw NotYet();
        return firmware.UpdateAsync(_units.Find(device) ?? throw Gone(device), image, progress, cancellationToken);
    }

    /// <inheritdoc/>
    public Task<FirmwareStatus> QueryAsync(SubDevice device, CancellationToken cancellationToken)
    {
        var firmware = _firmware ?? throw NotYet();
        return firmware.QueryAsync(_units.Find(device) ?? throw Gone(device), cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static LinkDownException NotYet() => new("The line is being set up: try again.");

    private static DeviceUnreachableException Gone(SubDevice device) => new($"{device} was removed or changed meanwhile: try again.");

    [LoggerMessage(5101, LogLevel.Information, "Channel {Channel}: Modbus TCP to {Endpoint}, {Devices} sub-devices")]
    private static partial void LogStarted(ILogger logger, string channel, string endpoint, int devices);
}
