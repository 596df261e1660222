using BridgeFramework.Plugins;

namespace BridgeFramework.Runtime.Tests;

/// <summary>While the gateway runs: what others can change is not taken in, and what runs goes on.</summary>
public sealed class ExposedPluginTests
{
    private const UnixFileMode Usual = (UnixFileMode)0x1ED; // 0755
    private const UnixFileMode Everybody = (UnixFileMode)0x1FF; // 0777

    [Fact]
    public async Task A_drop_that_everybody_can_change_is_refused_until_that_is_mended()
    {
        if (!OperatingSystem.IsLinux()) return;
        await using var bench = new PluginBench();
        await bench.ServeAsync("1.0.0");
        string entry = Path.Combine(bench.DropFolder, "shape");
        string arriving = Path.Combine(bench.DropFolder, ".arriving");
        bench.Make(arriving, "1.1.0", "");
        File.SetUnixFileMode(Path.Combine(arriving, PluginManifest.FileName), Everybody);
        Directory.Delete(entry, recursive: true);
        Directory.Move(arriving, entry);

        await bench.Logged(PluginBench.Failed, "everybody can write to the file");
        await bench.Logged(PluginBench.Failed, ". Version 1.0.0 runs on.");
        Assert.Equal((PluginState.Loaded, "1.0.0"), (bench.Shape.State, bench.Shape.Version));
        Assert.Contains($"'{entry}/plugin.json' (owner ", bench.Shape.Reason, StringComparison.Ordinal);
        Assert.Equal($"chmod -R o-w {entry}", bench.Shape.Remedy);
        Assert.All(bench.Channels.Take(2), channel => Assert.Equal(ChannelState.Serving, channel.Standing.Status.State));

        File.SetUnixFileMode(Path.Combine(entry, PluginManifest.FileName), Usual);

        await bench.Logged(PluginBench.OnTrial, "1.1.0");
        Assert.Null((await bench.Host.TakeInAsync("shape", TestContext.Current.CancellationToken)).Reason); // after what is under way
    }

    [Fact]
    public async Task What_was_said_of_a_plugin_that_runs_on_is_taken_back_when_it_is_mended()
    {
        if (!OperatingSystem.IsLinux()) return;
        await using var bench = new PluginBench();
        await bench.ServeAsync("1.0.0");
        string manifest = Path.Combine(bench.DropFolder, "shape", PluginManifest.FileName);
        var mode = File.GetUnixFileMode(manifest);
        File.SetUnixFileMode(manifest, Everybody);
        await bench.Logged(PluginBench.Failed, ". Version 1.0.0 runs on.");

        File.SetUnixFileMode(manifest, mode);

        await bench.Logged(4546, "'shape' in the plugin folder is as it should be again");
        Assert.Null((await bench.Host.TakeInAsync("shape", TestContext.Current.CancellationToken)).Reason); // after what is under way
    }

    [Fact]
    public async Task A_plugin_folder_that_everybody_can_add_to_takes_nothing_more_and_what_runs_goes_on()
    {
        if (!OperatingSystem.IsLinux()) return;
        await using var bench = new PluginBench();
        await bench.ServeAsync("1.0.0");
        File.SetUnixFileMode(bench.DropFolder, Everybody);

        await bench.Logged(PluginBench.Failed, "everybody can write to the folder");
        Assert.Equal((PluginState.Loaded, "1.0.0"), (bench.Shape.State, bench.Shape.Version));
        Assert.Equal($"chmod -R o-w {bench.DropFolder}", bench.Shape.Remedy);
        bench.Drop("1.1.0");

        File.SetUnixFileMode(bench.DropFolder, Usual);

        await bench.Logged(PluginBench.OnTrial, "1.1.0");
        Assert.Null((await bench.Host.TakeInAsync("shape", TestContext.Current.CancellationToken)).Reason); // after what is under way
    }
}
