using System.Threading.Channels;
using BridgeFramework.Testing;
using Microsoft.Extensions.Time.Testing;

namespace BridgeFramework.Drivers.Tests;

public sealed class PollingLoopTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_failing_run_ends_the_loop_with_its_exception()
    {
        var time = new FakeTimeProvider();
        var schedule = new PollSchedule<string>([new PollEntry<string>("a", this, TimeSpan.FromSeconds(1))], TimeSpan.Zero);
        var loop = new PollingLoop<string>(schedule, (_, _) => throw new InvalidDataException("broken"), 3, new ElapsedClock(time), time);
        await Assert.ThrowsAsync<InvalidDataException>(() => loop.RunAsync(Ct));
    }

    [Fact]
    public async Task It_sleeps_until_a_group_is_due_or_it_is_woken_and_ends_when_asked_to()
    {
        var time = new WatchedTime();
        var schedule = new PollSchedule<string>([new PollEntry<string>("a", this, TimeSpan.FromSeconds(10))], TimeSpan.Zero);
        var runs = Channel.CreateUnbounded<string>();
        var clock = new ElapsedClock(time);
        var loop = new PollingLoop<string>(
            schedule,
            (group, _) =>
            {
                runs.Writer.TryWrite(group);
                return ValueTask.FromResult(PollEnd.Finished);
            },
            1,
            clock,
            time);
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        var running = loop.RunAsync(stopping.Token);
        await runs.Reader.ReadAsync(Ct);
        await time.ArmedAsync(TimeSpan.FromSeconds(10));

        schedule.RunAt("a", clock.Now);
        loop.Wake();
        await runs.Reader.ReadAsync(Ct);
        await time.ArmedAsync(TimeSpan.FromSeconds(10));

        time.Advance(TimeSpan.FromSeconds(10));
        await runs.Reader.ReadAsync(Ct);

        await stopping.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }
}
