namespace BridgeFramework.IotHub.Tests;

public sealed class StatusMomentTests
{
    [Fact]
    public async Task How_long_a_state_and_a_fault_are_there_is_known_after_the_clock_was_set()
    {
        await using var bench = new SessionBench();
        bench.Time.SetClock(TimeSpan.FromHours(1));
        (await bench.OnlineAsync()).Close("cut");
        var failed = await bench.StateAsync(HubSessionState.BackingOff);
        await bench.Time.ArmedAsync(TimeSpan.FromSeconds(1));
        bench.Time.Advance(TimeSpan.FromSeconds(1));
        await bench.OnlineAsync();

        bench.Time.SetClock(TimeSpan.FromDays(60));
        bench.Time.Advance(TimeSpan.FromSeconds(7));

        var status = bench.Session.Status;
        Assert.Equal(TimeSpan.FromSeconds(7), bench.Time.GetElapsedTime(status.SinceTimestamp));
        Assert.Equal(TimeSpan.FromSeconds(8), bench.Time.GetElapsedTime(status.LastFaultTimestamp ?? 0));
        Assert.Equal(failed.SinceTimestamp, status.LastFaultTimestamp);
        Assert.Equal(TestTime.Noon.AddHours(1).AddSeconds(1), status.Since);
    }
}
