using BridgeFramework.Plugins;

namespace BridgeFramework.Runtime.Tests;

public sealed class PluginSwapTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_plugin_that_is_dropped_is_loaded_and_the_channels_that_waited_for_it_start()
    {
        await using var bench = new PluginBench();
        await bench.StartAsync();
        await bench.Logged(4201, "line1");

        bench.Drop("1.0.0");
        await bench.Logged(4202, "line1");
        await bench.Logged(4202, "line2");
        Assert.Equal((PluginState.Loaded, "1.0.0", null), (bench.Shape.State, bench.Shape.Version, bench.Shape.Reason));
    }

    [Fact]
    public async Task A_new_version_takes_over_passes_its_trial_and_the_old_one_leaves_the_memory()
    {
        await using var bench = new PluginBench();
        await bench.ServeAsync("1.0.0");
        var neighbour = await bench.Script.NextRun();
        bench.Presences.Clear();

        bench.Drop("2.0.0");
        await bench.Logged(PluginBench.OnTrial, "shape 2.0.0 takes over from 1.0.0 for a trial of 10 s, channels: line1, line2");
        Assert.Equal((PluginState.OnTrial, "2.0.0", "1.0.0"), (bench.Shape.State, bench.Shape.Version, bench.Shape.PreviousVersion));
        await bench.Logged(4210, "line1");
        await bench.Logged(4210, "line2");
        await bench.Logged(PluginBench.Passed, "shape 2.0.0 ");

        Assert.Equal((PluginState.Loaded, "2.0.0", "1.0.0"), (bench.Shape.State, bench.Shape.Version, bench.Shape.PreviousVersion));
        Assert.DoesNotContain(bench.Presences, told => told.Presence != Presence.Present);
        Assert.False(neighbour.Stopping.IsCancellationRequested);
        Assert.False(bench.Script.Runs.TryPeek(out _));
        await bench.Logged(4511, "shape 1.0.0");
        Assert.Empty(bench.Shape.StillInMemory);
        Assert.Equal(2, Directory.GetDirectories(Path.Combine(bench.DataFolder, "plugins", "shape")).Length);
    }

    [Fact]
    public async Task A_version_that_was_rolled_back_or_refused_leaves_no_copy()
    {
        await using var bench = new PluginBench();
        await bench.ServeAsync("1.0.0");

        await bench.TryAsync("2.0.0", "throws later");
        Assert.Single(Directory.GetDirectories(Path.Combine(bench.DataFolder, "plugins", "shape")));
        bench.Mistakes = ["It does not fit."];
        bench.Drop("3.0.0");
        await bench.Logged(PluginBench.Failed, "does not fit it");
        await Step.Of("the refusal is over", ct => bench.Host.TakeInAsync("shape", ct), bench.Log);
        Assert.Single(Directory.GetDirectories(Path.Combine(bench.DataFolder, "plugins", "shape")));
    }

    [Fact]
    public async Task A_second_entry_of_a_plugin_takes_over_when_the_first_one_is_removed()
    {
        await using var bench = new PluginBench();
        await bench.ServeAsync("1.0.0");
        bench.Drop("2.0.0", entry: "shape-two");
        await bench.Logged(PluginBench.Failed, "has the same id");

        Directory.Delete(Path.Combine(bench.DropFolder, "shape"), recursive: true);
        await bench.Logged(PluginBench.OnTrial, "shape 2.0.0 takes over from 1.0.0");
        await bench.Logged(PluginBench.Passed, "shape 2.0.0");
        Assert.Equal(("2.0.0", "shape-two", null), (bench.Shape.Version, bench.Shape.Entry, bench.Shape.Reason));
    }

    public static TheoryData<string, string> Failures => new()
    {
        { "throws later", "failed: The bus is gone" },
        { "throws at once", "failed: The bus is not there" },
        { "ends by itself", "failed: The driver ended without being told to" },
        { "never serves", "did not say within 10 s that it serves" },
        { "bad values", "does worse: 0 of 3 points have a good value, and 3 had one before" },
        { "constructor throws", "failed: The driver threw InvalidOperationException: the constructor's reason" },
        { "static constructor throws", "failed: The driver threw TypeInitializationException" },
    };

    [Theory]
    [MemberData(nameof(Failures))]
    public async Task A_version_that_does_not_do_as_well_is_rolled_back_and_put_into_quarantine(string behaviour, string reason)
    {
        await using var bench = new PluginBench();
        await bench.ServeAsync("1.0.0");
        await bench.ReportsAsync();
        int before = bench.Log.Lines.Count;

        var status = await bench.TryAsync("2.0.0", behaviour);

        Assert.Equal((PluginState.Loaded, "1.0.0"), (status.State, status.Version));
        Assert.Contains("channel line", status.Reason, StringComparison.Ordinal);
        Assert.Contains(reason, status.Reason, StringComparison.Ordinal);
        Assert.Contains("bridge plugin reload shape", status.Remedy, StringComparison.Ordinal);
        await bench.Logged(4210, "line1", before);
        Assert.Contains("\"behaviour\":\"\"", await bench.StateAsync("line1"), StringComparison.Ordinal);

        // It is not tried again by itself, and another is.
        before = bench.Log.Lines.Count;
        await bench.Host.TakeInAsync("shape", Ct);
        Assert.Contains("in quarantine", bench.Shape.Reason, StringComparison.Ordinal);
        Assert.DoesNotContain(bench.Log.Lines.Skip(before), line => line.EventId == PluginBench.OnTrial);
        Assert.Equal("3.0.0", (await bench.TryAsync("3.0.0")).Version);
        Assert.Null(bench.Shape.Reason);
    }

    [Fact]
    public async Task The_stores_of_the_channels_come_back_as_the_old_version_left_them()
    {
        await using var bench = new PluginBench();
        await bench.ServeAsync("1.0.0", "one");

        bench.Drop("2.0.0", "throws later");
        await bench.Logged(PluginBench.OnTrial);
        await bench.Logged(4210, "line1");
        Assert.Contains("throws later", await bench.StateAsync("line1"), StringComparison.Ordinal);
        int before = bench.Log.Lines.Count;
        await bench.Decided("2.0.0");
        await bench.Logged(4210, "line1", before);
        Assert.Contains("\"one\"", await bench.StateAsync("line1"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_configuration_that_does_not_fit_the_new_version_refuses_it_before_anything_moves()
    {
        await using var bench = new PluginBench();
        await bench.ServeAsync("1.0.0");
        bench.Mistakes = ["bridge.json:7:12: channels.line1.settings.corners: 3 is not known here.", "bridge.json:8: another."];
        bench.Drop("2.0.0");
        var status = await bench.Host.TakeInAsync("shape", Ct);

        Assert.Equal(("1.0.0", "the configuration does not fit it: bridge.json:7:12: channels.line1.settings.corners: 3 is not known "
            + "here (and 1 more)"), (status.Version, status.Reason));
        Assert.DoesNotContain(bench.Log.Lines, line => line.EventId is PluginBench.OnTrial);
        await bench.StopAsync(); // the watch may be looking at the folder a second time, and notes what it tries
        Assert.DoesNotContain("trial\": {", bench.Book, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_version_without_the_driver_that_a_channel_uses_is_refused()
    {
        await using var bench = new PluginBench();
        await bench.ServeAsync("1.0.0");
        bench.Drop("2.0.0", "another driver");
        var status = await bench.Host.TakeInAsync("shape", Ct);
        Assert.Equal("1.0.0", status.Version);
        Assert.Contains("sphere", status.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_operator_goes_back_and_the_version_left_is_not_taken_in_again_until_it_is_ordered()
    {
        await using var bench = new PluginBench();
        await bench.ServeAsync("1.0.0");
        await bench.TryAsync("2.0.0");

        Assert.Equal("1.0.0", (await bench.Host.RollBackAsync("shape", Ct)).Version);
        Assert.Contains("rolled back by hand", (await bench.Host.TakeInAsync("shape", Ct)).Reason, StringComparison.Ordinal);
        Assert.Equal("1.0.0", bench.Shape.Version);
        Assert.Contains("no version to go back to", (await Assert.ThrowsAsync<PluginOrderException>(() =>
            bench.Host.RollBackAsync("shape", Ct))).Message, StringComparison.Ordinal);

        Assert.Equal((PluginState.OnTrial, "2.0.0"), await bench.Host.ReloadAsync("shape", Ct) is var again ? (again.State, again.Version)
            : default);
        Assert.Contains("is on trial", (await Assert.ThrowsAsync<PluginOrderException>(() => bench.Host.ReloadAsync("shape", Ct))).Message,
            StringComparison.Ordinal);
        Assert.Equal(
            (PluginState.Loaded, "1.0.0"), await bench.Host.RollBackAsync("shape", Ct) is var back ? (back.State, back.Version) : default);
    }

    [Fact]
    public async Task What_is_removed_goes_and_its_channels_wait()
    {
        await using var bench = new PluginBench();
        await bench.ServeAsync("1.0.0");
        int before = bench.Log.Lines.Count;
        await bench.Host.RemoveAsync("shape", Ct);

        await bench.Logged(4201, "line1", before);
        await bench.Logged(4511, "shape 1.0.0");
        Assert.False(Directory.Exists(Path.Combine(bench.DropFolder, "shape")));
        Assert.False(Directory.Exists(Path.Combine(bench.DataFolder, "plugins", "shape")));
        Assert.Empty(bench.Host.Status);
        Assert.Equal("There is no plugin 'shape': 'bridge plugin list' shows those there are.",
            (await Assert.ThrowsAsync<UnknownPluginException>(() => bench.Host.RemoveAsync("shape", Ct))).Message);
    }

    [Fact]
    public async Task What_was_refused_can_be_removed_by_the_name_it_is_listed_under()
    {
        await using var bench = new PluginBench();
        await bench.StartAsync();
        Directory.CreateDirectory(Path.Combine(bench.DropFolder, "broken"));
        Assert.Equal(PluginState.Refused, (await bench.Host.TakeInAsync("broken", Ct)).State);

        Assert.Equal("broken", (await bench.Host.RemoveAsync("broken", Ct)).Name);
        Assert.Empty(bench.Host.Status);
        Assert.False(Directory.Exists(Path.Combine(bench.DropFolder, "broken")));
    }

    [Fact]
    public async Task A_plugin_that_is_removed_during_its_trial_leaves_nothing_behind()
    {
        await using var bench = new PluginBench();
        await bench.ServeAsync("1.0.0");
        bench.Drop("2.0.0");
        Assert.Equal(PluginState.OnTrial, (await bench.Host.TakeInAsync("shape", Ct)).State);

        await bench.Host.RemoveAsync("shape", Ct);
        await bench.Logged(4511, "shape 1.0.0");
        await bench.Logged(4511, "shape 2.0.0");
        Assert.Empty(bench.Host.Status);
        Assert.False(Directory.Exists(Path.Combine(bench.DataFolder, "channels-before-update", "shape")));
        Assert.DoesNotContain("shape", bench.Book, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_that_is_taken_away_takes_the_plugin_out_and_one_that_is_renamed_does_not()
    {
        await using var bench = new PluginBench();
        await bench.ServeAsync("1.0.0");
        Directory.Move(Path.Combine(bench.DropFolder, "shape"), Path.Combine(bench.DropFolder, "renamed"));
        Assert.Equal("renamed", (await bench.Host.TakeInAsync("renamed", Ct)).Entry);
        Directory.Delete(Path.Combine(bench.DropFolder, "renamed"), recursive: true);
        await bench.Logged(PluginBench.Out);
        Assert.Empty(bench.Host.Status);
    }

    [Fact]
    public async Task Two_plugins_of_one_id_or_with_one_driver_name_do_not_push_each_other_out()
    {
        await using var bench = new PluginBench();
        await bench.ServeAsync("1.0.0");
        bench.Drop("2.0.0", entry: "twin");
        var twin = await bench.Host.TakeInAsync("twin", Ct);
        Assert.Equal(PluginState.Refused, twin.State);
        Assert.Contains("has the same id", twin.Reason, StringComparison.Ordinal);
        Assert.Equal("1.0.0", bench.Shape.Version);
    }

    [Theory]
    [InlineData("example-bus", """{ "host": "127.0.0.1", "port": 1 }""")]
    [InlineData("example-listener", """{ "address": "127.0.0.1", "port": 0 }""")]
    [InlineData("example-joiner", """{ "address": "127.0.0.1", "port": 0 }""")]
    [InlineData("example-puller", """{ "address": "127.0.0.1", "port": 0 }""")]
    [InlineData("counter", "{}")]
    [InlineData("modbus", """{ "host": "127.0.0.1", "port": 1 }""")]
    public async Task Every_plugin_of_the_house_is_dropped_replaced_taken_out_and_leaves_the_memory(string plugin, string settings)
    {
        await using var bench = new PluginBench(plugin: plugin, settings: settings);
        await bench.ServeAsync("1.0.0");

        Assert.Equal((PluginState.Loaded, "2.0.0", null), await bench.TryAsync("2.0.0") is var status
            ? (status.State, status.Version, status.Reason) : default);
        await bench.Logged(4511, $"{plugin} 1.0.0 has left the memory");
        await bench.Host.RemoveAsync(plugin, Ct);
        await bench.Logged(4511, $"{plugin} 2.0.0 has left the memory");
    }

    [Fact]
    public async Task A_zip_is_as_good_as_a_folder()
    {
        await using var bench = new PluginBench();
        await bench.StartAsync();
        string folder = Path.Combine(bench.DropFolder, ".unpacked");
        bench.Make(folder, "1.0.0", "");
        System.IO.Compression.ZipFile.CreateFromDirectory(folder, Path.Combine(bench.DropFolder, "shape.zip"));
        await bench.Logged(4202, "line1");
        Assert.Equal(("shape.zip", "1.0.0"), (bench.Shape.Entry, bench.Shape.Version));
        Assert.Equal("shape", Path.GetFileName(Assert.Single(Directory.GetDirectories(Path.Combine(bench.DataFolder, "plugins")))));
    }
}
