namespace BridgeFramework.Runtime.Tests;

/// <summary>What becomes of plugins when the process dies and nobody knows of what.</summary>
public sealed class PluginSuspectTests
{
    private const int Back = 4542;
    private static readonly TimeSpan Proven = TimeSpan.FromSeconds(20);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_only_plugin_runs_again_after_one_death_without_a_name()
    {
        await using var first = new PluginBench();
        await first.ServeAsync("1.0.0");
        await first.DieAsync();

        await using var second = new PluginBench(first);
        await second.StartAsync();
        await second.Logged(4543, "shape 1.0.0");
        await second.Logged(4202, "line1");
    }

    [Fact]
    public async Task A_plugin_that_is_not_proven_is_left_out_after_deaths_without_a_name_and_comes_back_by_itself()
    {
        await using var first = new PluginBench();
        await first.ServeAsync("1.0.0");
        await using var again = await DeadTwiceAsync(first);

        await using var second = new PluginBench(again, provenAfter: Proven);
        await second.StartAsync();
        await second.Logged(4201, "line1");
        await second.Logged(4539, "shape 1.0.0");
        Assert.Equal(PluginState.Refused, second.Shape.State);
        Assert.Contains("the gateway died without a word 2 times while it ran", second.Shape.Reason, StringComparison.Ordinal);
        Assert.Contains("it comes back by itself when the others have served for 20 s", second.Shape.Remedy, StringComparison.Ordinal);
        Assert.Contains("bridge plugin reload shape", second.Shape.Remedy, StringComparison.Ordinal);

        await second.Logged(Back, "shape 1.0.0");
        await second.Logged(4202, "line1");
        Assert.Equal((PluginState.Loaded, null), (second.Shape.State, second.Shape.Reason));
    }

    [Fact]
    public async Task Who_was_alone_twice_and_without_whom_it_lived_in_between_is_in_quarantine_until_it_is_ordered()
    {
        await using var first = new PluginBench();
        await first.ServeAsync("1.0.0");
        await using var again = await DeadTwiceAsync(first);
        await using var second = new PluginBench(again, provenAfter: Proven);
        await second.StartAsync();
        await second.Logged(Back, "shape 1.0.0");
        await second.Logged(4202, "line1");
        await second.DieAsync();

        await using var third = new PluginBench(first);
        await third.StartAsync();
        await third.Logged(4540, "shape 1.0.0");
        await third.Logged(4201, "line1");
        Assert.Contains("in quarantine", third.Shape.Reason, StringComparison.Ordinal);
        Assert.Contains(
            "at last as the only plugin that was not proven, and lived without it", third.Shape.Reason, StringComparison.Ordinal);
        Assert.Equal(PluginState.Loaded, (await third.Host.ReloadAsync("shape", Ct)).State);
    }

    [Fact]
    public async Task Who_has_served_long_enough_is_not_left_out()
    {
        await using var first = new PluginBench(provenAfter: TimeSpan.FromSeconds(1));
        await first.ServeAsync("1.0.0");
        await first.Logged(4541, "shape 1.0.0");
        await first.DieAsync();

        await using var second = new PluginBench(first);
        await second.StartAsync();
        await second.Logged(4202, "line1");
        Assert.DoesNotContain(second.Log.Lines, line => line.EventId is 4539 or 4540);
    }

    [Fact]
    public async Task A_power_cut_is_nobodys_doing_and_a_trial_begins_anew()
    {
        await using var first = new PluginBench();
        await first.ServeAsync("1.0.0", "one");
        first.Drop("2.0.0", "two");
        await first.Logged(PluginBench.OnTrial);
        await first.DieAsync();

        await using var second = new PluginBench(first, boot: "two");
        await second.StartAsync();
        await second.Logged(4202, "line1");
        await second.Logged(PluginBench.OnTrial, "shape 2.0.0");
    }

    [Fact]
    public async Task A_process_that_was_asked_to_end_and_is_cut_off_has_not_died()
    {
        await using var first = new PluginBench();
        await first.ServeAsync("1.0.0", "one");
        first.Drop("2.0.0", "two");
        await first.Logged(PluginBench.OnTrial);
        first.Host.EndIsAsked();
        await first.DieAsync();

        await using var second = new PluginBench(first);
        await second.StartAsync();
        await second.Logged(4202, "line1");
        await second.Logged(PluginBench.OnTrial, "shape 2.0.0");
    }

    [Fact]
    public async Task Who_is_left_out_is_loaded_at_once_when_it_is_ordered()
    {
        await using var first = new PluginBench();
        await first.ServeAsync("1.0.0");
        await using var again = await DeadTwiceAsync(first);

        await using var second = new PluginBench(again);
        await second.StartAsync();
        await second.Logged(4201, "line1");
        Assert.Equal(PluginState.Loaded, (await second.Host.ReloadAsync("shape", Ct)).State);
        await second.Logged(4202, "line1");
    }

    [Fact]
    public async Task An_end_is_not_judged_twice_when_the_gateway_is_killed_in_between()
    {
        await using var first = new PluginBench();
        await first.ServeAsync("1.0.0");
        await using var again = await DeadTwiceAsync(first);
        string mark = Path.Combine(first.DataFolder, "plugins-run");
        byte[] left = await File.ReadAllBytesAsync(mark, Ct);
        await using (var second = new PluginBench(first))
        {
            await second.StartAsync();
            await second.Logged(4539);
            await second.DieAsync();
        }

        await File.WriteAllBytesAsync(mark, left, Ct);
        await using var third = new PluginBench(first);
        await third.StartAsync();
        await third.Logged(4201, "line1");
        Assert.DoesNotContain(third.Log.Lines, line => line.EventId is 4538);
    }

    /// <summary>The gateway dies, serves once more, and dies again.</summary>
    private static async Task<PluginBench> DeadTwiceAsync(PluginBench first)
    {
        await first.DieAsync();
        var again = new PluginBench(first);
        await again.StartAsync();
        await again.Logged(4202, "line1");
        await again.DieAsync();
        return again;
    }
}
