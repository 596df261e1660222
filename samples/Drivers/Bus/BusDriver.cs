using System.Globalization;
using BridgeFramework;
using BridgeFramework.Drivers;
using Example.Links;
using Microsoft.Extensions.Logging;

namespace Example.Bus;

/// <summary>Polls the units of a bus over one connection, one request at a time; commands go ahead of polls.</summary>
/// <remarks>
/// An answer repeats its question, so one that comes too late is never taken for another's: <c>17 r 3</c> is answered by
/// <c>17 r 3 42</c>, <c>17 w 3 7</c> by <c>17 w 3 7 ok</c>, and what a unit refuses by the question and <c>! reason</c>.
/// </remarks>
internal sealed class BusDriver(BusChannelSettings settings, TimeProvider time, ILogger<BusDriver> logger) : ISubDeviceDriver, ICommandHandler
{
    private readonly RequestBus _bus = new(turns: 1);
    private readonly TextLine _line = new(settings.Timeout, time);
    private readonly ElapsedClock _clock = new(time);
    private readonly ProbeBudget _probes = new();

    public Task RunAsync(IChannel channel, CancellationToken stopping)
    {
        var link = new ReconnectLoop(new TcpTransport(settings.Host, settings.Port, settings.Timeout, time), new Backoff(), time, logger);
        var readings = from device in channel.Devices
                       let health = new UnitHealth(offlineAfter: 2, UnitHealth.DefaultProbes)
                       from point in device.Points
                       where point.Access != PointAccess.Write
                       select new PollEntry<Reading>(new Reading(device, health, point), Owner: device, point.Interval);
        var schedule = new PollSchedule<Reading>(readings, start: _clock.Now);
        var polls = new PollingLoop<Reading>(schedule, (reading, token) => PollAsync(channel, reading, token), lanes: 1, _clock, time);
        channel.SetServing();
        return Loops.RunTogetherAsync([token => link.RunAsync(_line, token), polls.RunAsync], stopping);
    }

    public async Task<CommandResult> ExecuteAsync(SubDevice device, DeviceCommand command, CancellationToken cancellationToken)
    {
        if (command is not WritePoints { Writes: var writes }) throw new DeviceRejectedException("A unit can only be written.");
        if (writes.Any(write => write.Value.Kind != VariantKind.Integer)) throw new DeviceRejectedException("A register holds integers only.");
        foreach (var write in writes) await AskAsync(device, write.Point, 'w', $" {write.Value}", BusPriority.Command, cancellationToken);
        return new CommandResult { Points = [.. writes.Select(write => new PointResult { Point = write.Point, Outcome = CommandOutcome.Done })] };
    }

    private async ValueTask<PollEnd> PollAsync(IChannel channel, Reading reading, CancellationToken cancellationToken)
    {
        var (device, health, point) = reading;
        // A unit that is away holds the bus for a whole timeout: it is asked rarely, so that the others do not wait for it.
        if (health.IsOffline && !health.TryProbe(_clock.Now, _probes, settings.Timeout)) return PollEnd.Finished;
        PointValue value;
        string? trouble = null;
        try
        {
            string answer = await AskAsync(device, point, 'r', "", BusPriority.Poll, cancellationToken);
            bool isNumber = long.TryParse(answer, CultureInfo.InvariantCulture, out long number);
            value = isNumber ? new PointValue(point, Variant.From(number)) : new PointValue(point, Quality.Invalid);
        }
        catch (DriverException e)
        {
            value = new PointValue(point, e is DeviceRejectedException ? Quality.Refused : e is LinkDownException ? Quality.LinkDown : Quality.Timeout);
            trouble = e.Message;
        }

        // An answer that says no is an answer: the unit is there.
        bool answered = value.Quality is not (Quality.Timeout or Quality.LinkDown);
        if (answered) health.Answered();
        if (answered || value.Quality == Quality.LinkDown || health.TimedOut(_clock.Now))
            channel.SetPresence(device, answered ? Presence.Present : Presence.Absent, answered ? null : trouble);
        await channel.ReportAsync(device, new[] { value }, cancellationToken);
        return PollEnd.Finished;
    }

    private async Task<string> AskAsync(
        SubDevice device, PointDefinition point, char verb, string rest, BusPriority priority, CancellationToken cancellationToken)
    {
        string question = $"{device.SettingsAs<BusDeviceSettings>().Unit} {verb} {point.AtAs<BusPoint>().Register}{rest}";
        using var turn = await _bus.EnterAsync(priority, cancellationToken);
        string line = await _line.AskAsync(question, answer => answer.StartsWith($"{question} ", StringComparison.Ordinal), cancellationToken);
        string said = line[(question.Length + 1)..];
        return said.StartsWith('!') ? throw new DeviceRejectedException($"{device} refused '{question}': {said[1..].Trim()}.") : said;
    }

    /// <summary>One point to be read; a class, because the schedule tells its groups apart by reference.</summary>
    private sealed record Reading(SubDevice Device, UnitHealth Health, PointDefinition Point);
}
