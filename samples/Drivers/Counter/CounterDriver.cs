using System.Globalization;
using BridgeFramework;
using BridgeFramework.Drivers;

namespace Example.Counter;

/// <summary>Reads each point of each counter at the point's interval; writes when told to.</summary>
internal sealed class CounterDriver(CounterChannelSettings settings, TimeProvider time) : ISubDeviceDriver, ICommandHandler
{
    private readonly CounterClient _client = new(settings.Timeout, time);

    /// <inheritdoc/>
    public async Task RunAsync(IChannel channel, CancellationToken stopping)
    {
        var readings = from device in channel.Devices
                       from point in device.Points
                       where point.Access != PointAccess.Write
                       select new PollEntry<Reading>(new Reading(device, point), Owner: device, point.Interval);
        var clock = new ElapsedClock(time);
        var loop = new PollingLoop<Reading>(
            new PollSchedule<Reading>(readings, start: TimeSpan.Zero), (reading, token) => ReadAsync(channel, reading, token), settings.Parallel, clock, time);
        channel.SetServing();
        await loop.RunAsync(stopping);
    }

    /// <inheritdoc/>
    public async Task<CommandResult> ExecuteAsync(SubDevice device, DeviceCommand command, CancellationToken cancellationToken)
    {
        if (command is not WritePoints writes) throw new DeviceRejectedException("A counter can only be written.");
        var results = new List<PointResult>(writes.Writes.Count);
        foreach (var write in writes.Writes) results.Add(await WriteAsync(device, write, cancellationToken));
        return new CommandResult { Points = results };
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private async ValueTask<PollEnd> ReadAsync(IChannel channel, Reading reading, CancellationToken cancellationToken)
    {
        var (device, point) = reading;
        PointValue value;
        try
        {
            string answer = await _client.AskAsync(device.SettingsAs<CounterDeviceSettings>(), $"read {RegisterOf(point)}", cancellationToken);
            value = long.TryParse(answer, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long count)
                ? new PointValue(point, Variant.From(count))
                : new PointValue(point, Quality.Invalid);
            channel.SetPresence(device, Presence.Present);
        }
        catch (DeviceRejectedException)
        {
            // An answer that says no is an answer: the counter is there.
            value = new PointValue(point, Quality.Refused);
            channel.SetPresence(device, Presence.Present);
        }
        catch (DriverException e)
        {
            value = new PointValue(point, e is LinkDownException ? Quality.LinkDown : Quality.Timeout);
            channel.SetPresence(device, Presence.Absent, e.Message);
        }

        await channel.ReportAsync(device, new[] { value }, cancellationToken);
        return PollEnd.Finished;
    }

    /// <remarks>What it throws the gateway tells the cloud: absent, timed out or refused, with the message.</remarks>
    private async Task<PointResult> WriteAsync(SubDevice device, PointWrite write, CancellationToken cancellationToken)
    {
        if (write.Value.Kind != VariantKind.Integer)
            return new PointResult { Point = write.Point, Outcome = CommandOutcome.Refused, Reason = $"A counter holds integers, not {write.Value}." };
        await _client.AskAsync(device.SettingsAs<CounterDeviceSettings>(), $"write {RegisterOf(write.Point)} {write.Value}", cancellationToken);
        return new PointResult { Point = write.Point, Outcome = CommandOutcome.Done };
    }

    private static string RegisterOf(PointDefinition point) => point.AtAs<CounterPoint>().Register;

    /// <summary>One point to be read; a class, because the schedule tells its groups apart by reference.</summary>
    private sealed record Reading(SubDevice Device, PointDefinition Point);
}
