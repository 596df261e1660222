using BridgeFramework.Drivers;
using Microsoft.Extensions.Logging;

namespace BridgeFramework.Modbus;

/// <summary>A Modbus master on one line: polls its units, writes when told to.</summary>
internal sealed partial class ModbusDriver(ModbusChannelSettings settings, TimeProvider time, ILogger<ModbusDriver> logger) : ISubDeviceDriver, ICommandHandler
{
    private readonly Dictionary<SubDevice, PolledUnit> _units = new(ReferenceEqualityComparer.Instance);
    private volatile UnitCommands? _commands;

    /// <inheritdoc/>
    public async Task RunAsync(IChannel channel, CancellationToken stopping)
    {
        foreach (var device in channel.Devices) _units.Add(device, Open(device));
        var transport = new TcpTransport(settings.Host, settings.Port, settings.ConnectTimeout, time);
        var line = new ModbusLine(transport.Endpoint, settings, time, channel.RecordFrame);
        var poller = new UnitPoller(channel, line, [.. _units.Values], settings, time);
        using var writer = new PointWriter(line, settings, time);
        _commands = new UnitCommands(channel, line, poller, writer);
        LogStarted(logger, channel.Name, transport.Endpoint, _units.Count);

        using var either = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        var link = new ReconnectLoop(transport, new Backoff(), time, logger).RunAsync(line, either.Token);
        var polls = poller.RunAsync(either.Token);
        // A line whose device is unreachable is at work too: it keeps trying.
        channel.SetServing();
        var ended = await Task.WhenAny(link, polls);
        await either.CancelAsync();
        await Task.WhenAll(link, polls).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await ended;
    }

    /// <inheritdoc/>
    public Task<CommandResult> ExecuteAsync(SubDevice device, DeviceCommand command, CancellationToken cancellationToken)
    {
        var commands = _commands ?? throw new LinkDownException("The line is being set up: try again.");
        return commands.ExecuteAsync(_units[device], command, cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

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
