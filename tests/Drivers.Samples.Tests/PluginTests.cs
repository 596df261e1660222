using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.Json;
using BridgeFramework.Plugins;
using BridgeFramework.Runtime;
using BridgeFramework.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace BridgeFramework.Drivers.Samples.Tests;

/// <summary>The examples as a gateway meets them: folders that a build has made.</summary>
public sealed class PluginTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("bridge-samples-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("example-bus", """{ "host": "127.0.0.1", "port": 1 }""", DriverCapabilities.Commands)]
    [InlineData("example-listener", """{ "address": "127.0.0.1", "port": 0 }""", DriverCapabilities.None)]
    [InlineData("example-joiner", """{ "address": "127.0.0.1", "port": 0 }""", DriverCapabilities.Commands | DriverCapabilities.LiveDevices | DriverCapabilities.Pairing)]
    [InlineData("example-puller", """{ "address": "127.0.0.1", "port": 0 }""", DriverCapabilities.Firmware)]
    public async Task A_plugin_runs_and_leaves_the_memory(string id, string settings, DriverCapabilities capabilities)
    {
        var plugin = await RunAndUnloadAsync(id, settings, capabilities);
        // Off the stack of the above, whose frames still hold what they have used.
        await Task.Yield();

        for (int round = 0; round < 12 && !plugin.IsCollected; round++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        Assert.True(plugin.IsCollected, $"Something still holds {id} after 12 collections.");
    }

    /// <summary>On its own, so that no local of the test's frame keeps anything of the plugin.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private async Task<LoadedPlugin> RunAndUnloadAsync(string id, string settings, DriverCapabilities capabilities)
    {
        string built = Path.Combine(PluginDropFolder, id);
        string dropped = Directory.CreateDirectory(Path.Combine(_folder, "plugins", id)).FullName;
        foreach (string file in Directory.EnumerateFiles(built)) File.Copy(file, Path.Combine(dropped, Path.GetFileName(file)));
        var options = new PluginHostOptions { DropFolder = Path.Combine(_folder, "plugins"), DataFolder = Path.Combine(_folder, "data") };
        using var host = new PluginHost(options, TimeProvider.System, NullLoggerFactory.Instance);
        await host.StartAsync(TestContext.Current.CancellationToken);
        Assert.Empty(host.Failures);
        var plugin = Assert.Single(host.InMemory);
        await RunAsync(Assert.Single(plugin.Drivers), settings, capabilities);
        return plugin;
    }

    private static async Task RunAsync(DriverRegistration driver, string settings, DriverCapabilities capabilities)
    {
        Assert.Equal(capabilities, driver.Info.Capabilities);
        using var json = JsonDocument.Parse(settings);
        using var stopping = new CancellationTokenSource();
        await using var run = driver.CreateRun(
            driver.ReadChannelSettings(json.RootElement), NullLoggerFactory.Instance, TimeProvider.System);
        var channel = new InMemoryChannel();
        var running = run.Driver.RunAsync(channel, stopping.Token);
        await await Task.WhenAny(channel.Serving, running).OrFail("the driver serves");
        await stopping.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running.OrFail("the driver stops"));
    }

    private static string PluginDropFolder => typeof(PluginTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(metadata => metadata.Key == "PluginFolder").Value!; // written by the project file
}
