namespace BridgeFramework.Runtime.Tests;

public sealed class PluginUnloadTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task After_200_replacements_of_a_plugin_at_work_nothing_of_them_is_in_memory()
    {
        const int Cycles = 200;
        await using var bench = new PluginBench();
        await bench.ServeAsync("1.0.0");
        long early = 0;
        for (int i = 0; i < Cycles; i++)
        {
            int before = bench.Log.Lines.Count;
            await bench.Host.ReloadAsync("shape", Ct);
            await bench.Logged(4210, "line1", before);
            await bench.Logged(4210, "line2", before);
            before = bench.Log.Lines.Count;
            await bench.Host.RollBackAsync("shape", Ct);
            await bench.Logged(4210, "line1", before);
            await bench.Logged(4210, "line2", before);
            if (i == Cycles / 4) early = await MemoryAsync(bench);
        }

        long late = await MemoryAsync(bench);
        Assert.Equal([], bench.Shape.StillInMemory);
        Assert.Single(bench.Host.InMemory);
        Assert.DoesNotContain(bench.Log.Lines, line => line.EventId == PluginBench.Stays);
        // The log of the test itself grows a little; a plugin that stays costs 260 KB each time.
        Assert.InRange(late - early, long.MinValue, 8 * 1024 * 1024);
    }

    [Theory]
    [InlineData("forgets a timer", "a timer, thread, handler or registration of its own that it did not end")]
    [InlineData("handles an event", "ShapeDriver.OnExit handles AppDomain.ProcessExit")]
    [InlineData("hangs when stopped", "channel line1: RunAsync of driver shape did not return")]
    [InlineData("dispose hangs", "channel line1: DisposeAsync of driver shape did not return")]
    [InlineData("reports after the stop", "a timer, thread, handler or registration of its own that it did not end")]
    public async Task A_plugin_that_pins_itself_is_named_with_the_cause(string behaviour, string cause)
    {
        await using var bench = new PluginBench();
        await bench.ServeAsync("1.0.0", behaviour);
        await bench.TryAsync("2.0.0");

        var told = await bench.Logged(PluginBench.Stays, "Plugin shape 1.0.0 is unloaded, but its code stays in memory");
        Assert.Contains(cause, told.Text, StringComparison.Ordinal);
        Assert.Contains(cause, Assert.Single(bench.Shape.StillInMemory), StringComparison.Ordinal);
        Assert.Equal((PluginState.Loaded, "2.0.0"), (bench.Shape.State, bench.Shape.Version));
    }

    [Fact]
    public async Task Serializing_by_reflection_does_not_pin()
    {
        await using var bench = new PluginBench();
        await bench.ServeAsync("1.0.0", "serializes by reflection");
        await bench.TryAsync("2.0.0");
        await bench.Logged(4511, "shape 1.0.0");
    }

    [Fact]
    public async Task A_plugin_that_is_removed_leaves_the_memory_although_values_of_it_are_held_back()
    {
        await using var bench = new PluginBench();
        await bench.ServeAsync("1.0.0");
        await bench.ReportsAsync();

        await bench.Host.RemoveAsync("shape", Ct);

        await bench.Logged(4511, "shape 1.0.0");
        Assert.Empty(bench.Host.InMemory);
    }

    private static async Task<long> MemoryAsync(PluginBench bench)
    {
        await Step.Of(
            "old versions leave",
            async ct =>
            {
                while (bench.Host.InMemory.Count > 1) await Task.Delay(TimeSpan.FromSeconds(1), bench.Time, ct);
            },
            bench.Log);
        return GC.GetTotalMemory(forceFullCollection: true);
    }
}
