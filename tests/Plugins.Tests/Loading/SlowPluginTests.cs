using System.Threading.Channels;
using BridgeFramework.Runtime;
using BridgeFramework.Testing;

namespace BridgeFramework.Plugins.Tests;

/// <summary>A plugin that does not come back from its first call: what becomes of it, and that the others do not wait.</summary>
public sealed class SlowPluginTests
{
    [Fact]
    public async Task A_plugin_whose_Configure_hangs_holds_up_nobody_and_is_tried_again_after_1_and_10_minutes()
    {
        using var disk = new PluginsOnDisk();
        string dropped = disk.DropMisbehaving("configure hangs");
        disk.Drop("good", "zz-good");
        var time = new WatchedTime();
        var look = TimeSpan.FromMilliseconds(500);
        var configuring = Channel.CreateUnbounded<bool>();
        AppContext.SetData("Fixture.Configuring", (Action)(() => configuring.Writer.TryWrite(true)));

        var starting = disk.StartAsync(time);
        await Configuring();
        await time.ArmedAsync(PluginLoads.Moment);
        time.Advance(PluginLoads.Moment);
        using var host = await starting;
        using var stop = new CancellationTokenSource();
        var running = host.RunAsync(stop.Token);
        Assert.Equal(
            [("good", PluginState.Loaded), ("misbehaving", PluginState.Arriving)],
            host.Status.OrderBy(plugin => plugin.Name, StringComparer.Ordinal).Select(plugin => (plugin.Name, plugin.State)));
        Assert.Equal("misbehaving", Assert.Single(host.DriversOnTheWay));

        string again = await RefusedAsync(TimeSpan.FromMinutes(1));
        Assert.StartsWith(
            "Plugin 'misbehaving' was not loaded because Fixture.Misbehaving.MisbehavingPlugin.Configure did not return within 120 s, of "
                + "which its thread had",
            again, StringComparison.Ordinal);
        Assert.EndsWith("it is tried again after 1 min.", again, StringComparison.Ordinal);
        time.Advance(TimeSpan.FromMinutes(1));
        await Configuring();
        Assert.EndsWith("it is tried again after 10 min.", await RefusedAsync(TimeSpan.FromMinutes(10)), StringComparison.Ordinal);
        time.Advance(TimeSpan.FromMinutes(10));
        await Configuring();
        for (int i = 0; i < 240; i++)
        {
            await time.ArmedAsync(look);
            time.Advance(look);
        }

        while (host.Failures.Count == 0) await Task.Yield(); // nothing more is armed: it is about to be said
        Assert.EndsWith("the plugin waits for something there.", host.Failures[0].ToString(), StringComparison.Ordinal);
        Assert.Equal("misbehaving", Assert.Single(host.Failures).Name);

        // Another build starts afresh.
        await File.WriteAllTextAsync(Path.Combine(dropped, "news.txt"), "mended", TestContext.Current.CancellationToken);
        PluginSeal.Renew(dropped);
        var taking = host.TakeInAsync("misbehaving", TestContext.Current.CancellationToken);
        await Configuring();
        await time.ArmedAsync(PluginLoads.Moment);
        time.Advance(PluginLoads.Moment);
        await taking.OrFail("it is taken in");
        Assert.EndsWith("it is tried again after 1 min.", await RefusedAsync(TimeSpan.FromMinutes(1)), StringComparison.Ordinal);
        await stop.CancelAsync();
        await running;

        Task Configuring() => configuring.Reader.ReadAsync(TestContext.Current.CancellationToken).AsTask().OrFail("Configure is called");

        async Task<string> RefusedAsync(TimeSpan rest)
        {
            while (await time.ArmedAsync(due => due == look || due == rest, "a look or the rest") == look) time.Advance(look);
            while (host.Failures.Count == 0) await Task.Yield(); // the rest is armed: it is about to be said
            return host.Failures[0].ToString();
        }
    }

    [Fact]
    public async Task A_plugin_that_takes_long_joins_the_others_when_it_is_ready()
    {
        using var disk = new PluginsOnDisk();
        disk.DropMisbehaving("configure waits");
        var time = new WatchedTime();
        var configuring = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var gate = new ManualResetEventSlim();
        AppContext.SetData("Fixture.Configuring", (Action)configuring.SetResult);
        AppContext.SetData("Fixture.Gate", gate);

        var starting = disk.StartAsync(time);
        await configuring.Task.OrFail("Configure is called");
        await time.ArmedAsync(PluginLoads.Moment);
        time.Advance(PluginLoads.Moment);
        using var host = await starting;
        using var stop = new CancellationTokenSource();
        var running = host.RunAsync(stop.Token);
        gate.Set();
        var status = await host.TakeInAsync("misbehaving", TestContext.Current.CancellationToken);
        while (status.State != PluginState.Loaded)
        {
            await Task.Yield();
            status = await host.TakeInAsync("misbehaving", TestContext.Current.CancellationToken);
        }

        Assert.Empty(host.Failures);
        await stop.CancelAsync();
        await running;
    }

    [Fact]
    public async Task A_gateway_that_ends_while_a_plugin_is_being_loaded_has_not_died_of_it()
    {
        using var disk = new PluginsOnDisk();
        disk.DropMisbehaving("configure hangs");
        var time = new WatchedTime();
        AppContext.SetData("Fixture.Configuring", null);

        var starting = disk.StartAsync(time);
        await time.ArmedAsync(PluginLoads.Moment);
        time.Advance(PluginLoads.Moment);
        (await starting).Dispose();

        Assert.DoesNotContain("\"trial\": {", await File.ReadAllTextAsync(
            Path.Combine(disk.RunFolder, "..", "plugins.json"), TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_plugin_that_computes_for_ever_costs_one_thread_until_it_is_replaced_or_ordered()
    {
        using var disk = new PluginsOnDisk();
        disk.DropMisbehaving("configure computes");
        int begun = 0;
        using var gate = new ManualResetEventSlim();
        AppContext.SetData("Fixture.Configuring", (Action)(() => Interlocked.Increment(ref begun)));
        AppContext.SetData("Fixture.Gate", gate);
        using var host = await disk.StartAsync(TimeProvider.System);
        using var stop = new CancellationTokenSource();
        var running = host.RunAsync(stop.Token);
        while (host.Failures.Count == 0) await Task.Yield();

        await host.TakeInAsync("misbehaving", TestContext.Current.CancellationToken);
        Assert.Equal(1, begun);
        Assert.EndsWith("This build is not tried again by itself.", Assert.Single(host.Failures).ToString(), StringComparison.Ordinal);

        gate.Set();
        Assert.Equal(PluginState.Loaded, (await host.ReloadAsync("misbehaving", TestContext.Current.CancellationToken)).State);
        Assert.Equal(2, begun);
        await stop.CancelAsync();
        await running;
    }

    /// <summary>Whatever goes wrong with one plugin: here the gateway's own clock does.</summary>
    [Fact]
    public async Task A_mistake_of_the_gateway_with_one_plugin_ends_neither_the_start_nor_the_others()
    {
        using var disk = new PluginsOnDisk();
        disk.DropMisbehaving("configure hangs"); // so that it is waited for
        disk.Drop("good", "zz-good");

        using var host = await disk.StartAsync(new ClockThatFailsOnce());

        Assert.Equal(
            "Plugin 'misbehaving' was not loaded because the gateway made a mistake with it (TimeZoneNotFoundException): report it with "
                + "the log, and get another version.",
            Assert.Single(host.Failures).ToString());
        Assert.Equal("good", Assert.Single(host.Status, plugin => plugin.State == PluginState.Loaded).Name);
        Assert.Equal("mistake", Assert.Single(disk.Log.GetSnapshot(), line => line.Exception is not null).Exception?.Message);
    }

    private sealed class ClockThatFailsOnce : TimeProvider
    {
        private bool _hasFailed;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            if (_hasFailed || dueTime != PluginLoads.Moment) return base.CreateTimer(callback, state, dueTime, period);
            _hasFailed = true;
            throw new TimeZoneNotFoundException("mistake");
        }
    }
}
