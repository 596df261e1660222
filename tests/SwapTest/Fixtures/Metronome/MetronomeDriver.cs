using BridgeFramework;
using BridgeFramework.Drivers;

namespace Fixture.Metronome;

/// <summary>Polls nothing, on time: the toolkit's loop with one group, whose slots are written down.</summary>
internal sealed class MetronomeDriver(MetronomeChannelSettings settings, TimeProvider time) : ISubDeviceDriver
{
    private static readonly TimeSpan Tell = TimeSpan.FromSeconds(1);

    private readonly TimeSpan _interval = TimeSpan.FromMilliseconds(settings.SlotMilliseconds);
    private TimeSpan _worst;
    private TimeSpan _toldAt;

    /// <inheritdoc/>
    public async Task RunAsync(IChannel channel, CancellationToken stopping)
    {
        var device = channel.Devices[0];
        var late = device.Points.Single(point => string.Equals(point.Name, "late", StringComparison.Ordinal));
        var skipped = device.Points.Single(point => string.Equals(point.Name, "skipped", StringComparison.Ordinal));
        var clock = new ElapsedClock(time);
        using var book = new SlotBook(settings.Folder, channel.Name, time.GetUtcNow(), _interval);
        var schedule = new PollSchedule<object>([new PollEntry<object>(device, device, _interval)], start: TimeSpan.Zero);
        var loop = new PollingLoop<object>(schedule, SlotAsync, lanes: 1, clock, time);
        channel.SetPresence(device, Presence.Present);
        channel.SetServing();
        await loop.RunAsync(stopping);

        async ValueTask<PollEnd> SlotAsync(object _, CancellationToken cancellationToken)
        {
            var now = clock.Now;
            var by = book.Begin(now);
            if (by > _worst) _worst = by;
            if (now - _toldAt >= Tell)
            {
                // What the loop itself counted, so that the book can be held against it.
                PointValue[] values = [new(late, Variant.From(_worst.TotalMilliseconds)), new(skipped, Variant.From(schedule.Skipped))];
                (_worst, _toldAt) = (TimeSpan.Zero, now);
                await channel.ReportAsync(device, values, cancellationToken);
            }

            book.End(clock.Now);
            return PollEnd.Finished;
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
