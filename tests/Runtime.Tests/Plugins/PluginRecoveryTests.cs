using BridgeFramework.Files;
using Microsoft.Extensions.Logging.Abstractions;

namespace BridgeFramework.Runtime.Tests;

public sealed class PluginRecoveryTests
{
    [Fact]
    public async Task A_gateway_that_dies_during_a_trial_comes_back_with_the_old_version_its_stores_and_the_new_one_in_quarantine()
    {
        await using var first = new PluginBench();
        await first.ServeAsync("1.0.0", "one");
        first.Drop("2.0.0", "two");
        await first.Logged(PluginBench.OnTrial);
        await first.Logged(4210, "line1");
        Assert.Contains("\"two\"", await first.StateAsync("line1"), StringComparison.Ordinal);
        await first.DieAsync();

        await using var second = new PluginBench(first);
        await second.StartAsync();
        await second.Logged(4202, "line1");
        Assert.Equal(("1.0.0", PluginState.Loaded), (second.Shape.Version, second.Shape.State));
        Assert.Contains("\"one\"", await second.StateAsync("line1"), StringComparison.Ordinal);
        await second.Logged(4529, "shape 2.0.0 was on trial: 1.0.0 runs");
        await second.Logged(PluginBench.Failed, "in quarantine");
        Assert.Contains("the gateway ended while it was on trial", second.Shape.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_gateway_that_is_asked_to_end_during_a_trial_begins_it_anew()
    {
        await using var first = new PluginBench();
        await first.ServeAsync("1.0.0", "one");
        first.Drop("2.0.0", "two");
        await first.Logged(PluginBench.OnTrial);
        await first.Logged(4210, "line1");
        await first.StopAsync();

        await using var second = new PluginBench(first);
        await second.StartAsync();
        await second.Logged(PluginBench.Loaded, "shape 1.0.0");
        await second.Logged(PluginBench.OnTrial, "shape 2.0.0");
        await second.Logged(PluginBench.Passed, "shape 2.0.0");
        Assert.Equal("2.0.0", second.Shape.Version);
    }

    [Fact]
    public async Task What_a_killed_gateway_left_half_done_is_cleared_at_the_next_start()
    {
        await using var first = new PluginBench();
        await first.ServeAsync("1.0.0");
        await first.StopAsync();
        string copies = Path.Combine(first.DataFolder, "plugins");
        string stores = Path.Combine(first.DataFolder, "channels-before-update", "shape");
        const string Copy = "0123456789abcdef0123456789abcdef";
        foreach (string left in new[] { Path.Combine(copies, $".unpacked-{Copy}"), Path.Combine(copies, "shape", $".copy-{Copy}"),
            Path.Combine(copies, "shape", Copy), Path.Combine(copies, "unknown", Copy), stores })
            Directory.CreateDirectory(left);

        await using var second = new PluginBench(first);
        await second.StartAsync();
        await second.Logged(4202, "line1");
        Assert.Equal("shape", Path.GetFileName(Assert.Single(Directory.GetFileSystemEntries(copies))));
        Assert.Single(Directory.GetFileSystemEntries(Path.Combine(copies, "shape")));
        Assert.False(Directory.Exists(stores));
    }

    [Fact]
    public async Task A_version_that_was_replaced_while_no_gateway_ran_is_tried_against_the_one_in_force()
    {
        await using var first = new PluginBench();
        await first.ServeAsync("1.0.0");
        await first.StopAsync();

        await using var second = new PluginBench(first);
        second.Drop("2.0.0", "throws later");
        await second.StartAsync();
        await second.Logged(PluginBench.NotPassed, "shape 2.0.0");
        Assert.Equal("1.0.0", second.Shape.Version);
    }

    [Fact]
    public async Task A_version_that_came_under_another_name_while_no_gateway_ran_is_tried_too()
    {
        await using var first = new PluginBench();
        await first.ServeAsync("1.0.0");
        await first.StopAsync();
        Directory.Delete(Path.Combine(first.DropFolder, "shape"), recursive: true);

        await using var second = new PluginBench(first);
        second.Drop("2.0.0", "throws later", entry: "shape-two");
        await second.StartAsync();
        await second.Logged(PluginBench.NotPassed, "shape 2.0.0");
        Assert.Equal(("1.0.0", "shape-two"), (second.Shape.Version, second.Shape.Entry));
    }

    [Fact]
    public async Task A_plugin_that_was_removed_while_no_gateway_ran_is_gone()
    {
        await using var first = new PluginBench();
        await first.ServeAsync("1.0.0");
        await first.StopAsync();
        Directory.Delete(Path.Combine(first.DropFolder, "shape"), recursive: true);

        await using var second = new PluginBench(first);
        await second.StartAsync();
        await second.Logged(4201, "line1");
        Assert.Empty(second.Host.Status);
        Assert.False(Directory.Exists(Path.Combine(second.DataFolder, "plugins", "shape")));
    }

    [Fact]
    public async Task A_private_copy_that_is_damaged_is_made_again_from_what_was_dropped()
    {
        await using var first = new PluginBench();
        await first.ServeAsync("1.0.0");
        await first.StopAsync();
        foreach (
            string file in Directory.GetFiles(Path.Combine(first.DataFolder, "plugins", "shape"), "*.dll", SearchOption.AllDirectories))
        {
            File.Delete(file); // not written over: this process has it mapped
            File.WriteAllText(file, "");
        }


        await using var second = new PluginBench(first);
        await second.StartAsync();
        await second.Logged(4202, "line1");
        Assert.Equal(("1.0.0", null), (second.Shape.Version, second.Shape.Reason));
    }

    [Fact]
    public async Task A_drop_folder_that_is_not_there_has_not_lost_its_plugins()
    {
        await using var first = new PluginBench();
        await first.ServeAsync("1.0.0");
        await first.StopAsync();
        Directory.Delete(first.DropFolder, recursive: true);

        await using var second = new PluginBench(first) { HasDropFolder = false };
        await second.StartAsync();
        await second.Logged(4202, "line1");
        Assert.Equal("1.0.0", second.Shape.Version);
    }

    [Fact]
    public async Task A_version_that_the_process_ended_of_is_left_out_and_the_one_before_comes_back()
    {
        await using var first = new PluginBench();
        await first.ServeAsync("1.0.0");
        await first.TryAsync("2.0.0");
        await first.StopAsync();
        Leave(first);

        await using var second = new PluginBench(first);
        await second.StartAsync();
        await second.Logged(4534, "shape 2.0.0");
        await second.Logged(4202, "line1");
        await second.Logged(PluginBench.Failed, "Nothing moved any more");
        Assert.Equal("1.0.0", second.Shape.Version);
        await second.StopAsync();

        // Said once: whoever orders it has it again.
        await using var third = new PluginBench(first);
        await third.StartAsync();
        Assert.DoesNotContain(third.Log.Lines, line => line.EventId is 4533 or 4534);
    }

    [Fact]
    public async Task A_plugin_that_the_process_ended_of_and_that_has_no_other_version_is_left_out_until_it_is_ordered()
    {
        await using var first = new PluginBench();
        await first.ServeAsync("1.0.0");
        await first.StopAsync();
        Leave(first);

        await using var second = new PluginBench(first);
        await second.StartAsync();
        await second.Logged(4201, "line1");
        Assert.Contains("in quarantine", second.Shape.Reason, StringComparison.Ordinal);
        Assert.Contains("Nothing moved any more", second.Shape.Reason, StringComparison.Ordinal);
        Assert.Equal(PluginState.Loaded, (await second.Host.ReloadAsync("shape", TestContext.Current.CancellationToken)).State);
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("{")]
    [InlineData("""{ "reason": null, "at": "2026-01-01T00:00:00Z" }""")]
    [InlineData("""{ "reason": "x", "at": "2026-01-01T00:00:00Z", "plugin": "../x", "version": { "version": "1", "digest": "../y" } }""")]
    [InlineData("""{ "reason": "x", "at": "2026-01-01T00:00:00Z", "plugin": "unknown", "version": { "version": "1", "digest": "y" } }""")]
    public async Task Last_words_that_say_nothing_of_use_are_passed_over(string content)
    {
        await using var first = new PluginBench();
        await first.ServeAsync("1.0.0");
        await first.StopAsync();
        await File.WriteAllTextAsync(Path.Combine(first.DataFolder, "last-words.json"), content, TestContext.Current.CancellationToken);

        await using var second = new PluginBench(first);
        await second.StartAsync();
        await second.Logged(4202, "line1");
    }

    [Fact]
    public async Task A_plugin_on_trial_is_not_blamed_for_what_another_one_did()
    {
        await using var first = new PluginBench();
        await first.ServeAsync("1.0.0", "one");
        first.Drop("2.0.0", "two");
        await first.Logged(PluginBench.OnTrial);
        await first.DieAsync();
        new LastWords("It was the other one.", first.Time.GetUtcNow(), "other", new PluginVersion("1.0.0", new string('a', 64))).Write(
            PrivateFile.At(Path.Combine(first.DataFolder, "last-words.json")));

        await using var second = new PluginBench(first);
        await second.StartAsync();

        await second.Logged(PluginBench.OnTrial);
        Assert.DoesNotContain("while it was on trial", second.Book, StringComparison.Ordinal);
    }

    private static void Leave(PluginBench bench)
    {
        var current = BookOf(bench).Records.Find("shape")?.Current;
        new LastWords("Nothing moved any more.", bench.Time.GetUtcNow(), "shape", current).Write(
            PrivateFile.At(Path.Combine(bench.DataFolder, "last-words.json")));
    }

    private static PluginBook BookOf(PluginBench bench) =>
        new(PrivateFile.At(Path.Combine(bench.DataFolder, "plugins.json")), NullLogger<PluginBook>.Instance);
}
