namespace BridgeFramework.Runtime.Tests;

public sealed class ChannelPairingTests
{
    [Fact]
    public async Task Pairing_reaches_the_driver_that_runs_and_a_refusal_is_told()
    {
        var asked = new List<TimeSpan>();
        await using var bench = new ChannelBench();
        bench.Script.OnPairing = window =>
        {
            asked.Add(window);
            return asked.Count < 3 ? Task.CompletedTask : throw new DriverException("The coordinator is busy.");
        };
        await bench.Pairing.SetAsync(TimeSpan.FromMinutes(3), TestContext.Current.CancellationToken); // nobody runs yet
        bench.Start();
        (await bench.Script.NextRun()).Channel.SetServing();

        await bench.Pairing.SetAsync(TimeSpan.FromMinutes(3), TestContext.Current.CancellationToken);
        await bench.Pairing.SetAsync(TimeSpan.Zero, TestContext.Current.CancellationToken);
        await bench.Pairing.SetAsync(TimeSpan.FromMinutes(3), TestContext.Current.CancellationToken);

        Assert.Equal([TimeSpan.FromMinutes(3), TimeSpan.Zero, TimeSpan.FromMinutes(3)], asked);
        Assert.Single(bench.Log.Lines, line => line.EventId == 4206);
        Assert.Single(bench.Log.Lines, line => line.EventId == 4207);
        Assert.Single(
            bench.Log.Lines, line => line.EventId == 4208 && line.Text.Contains("The coordinator is busy.", StringComparison.Ordinal));
        Assert.Equal(ChannelState.Serving, bench.Status.State);
    }

    [Fact]
    public async Task A_driver_that_hangs_while_it_is_opened_for_pairing_is_given_up()
    {
        await using var bench = new ChannelBench().Start();
        bench.Script.OnPairing = _ => new TaskCompletionSource().Task;
        await bench.Script.NextRun();
        bench.DriverTimeIsUp = true; // not before: making the driver would be given up as well
        await Step.Of("pairing is given up", ct => bench.Pairing.SetAsync(TimeSpan.FromMinutes(3), ct), bench.Log);
        Assert.Single(bench.Log.Lines, line => line.EventId == 4208);
    }
}
