using System.Text.Json;
using BridgeFramework.Plugins;
using Microsoft.Extensions.Logging.Abstractions;

// Has the plugin of the folder args[0] work on many threads of the pool and lets it go; loads it again, gives those threads nothing to do,
// and looks whether the second one keeps what it holds. How long a thread may have nothing to do is for the environment to say.
const int Threads = 16;
const int Statics = 300;
ThreadPool.SetMinThreads(Threads, Threads);

var first = await UseAndLetGoAsync();
for (int i = 0; i < 100 && !first.IsCollected; i++) Collect();
if (!first.IsCollected) return Fail("The first one has not left the memory.");
Collect();

var second = await LoadAsync();
int began = ThreadPool.ThreadCount;
await UseAsync(second, Statics);
await Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System);
List<byte[]> others = [];
for (int i = 0; i < 10; i++)
{
    Collect();
    for (int j = 0; j < 10_000; j++) others.Add(new byte[32]);
}

await UseAsync(second, Statics);
Console.WriteLine($"{ThreadPool.ThreadCount} of {began} threads are there, and all that it holds.");
GC.KeepAlive(others);
return 0;

async Task<LoadedPlugin> UseAndLetGoAsync()
{
    var plugin = await LoadAsync();
    using var together = new Barrier(Threads);
    await Task.WhenAll(Enumerable.Range(0, Threads).Select(_ => Task.Run(async () =>
    {
        together.SignalAndWait(); // each on a thread of its own
        await UseAsync(plugin, statics: 1);
        together.SignalAndWait();
    })));
#pragma warning disable IDISP016 // Let go; it still says whether it has left.
    plugin.Dispose();
    return plugin;
#pragma warning restore IDISP016
}

async Task<LoadedPlugin> LoadAsync()
{
    string folder = Directory.EnumerateDirectories(args[0]).Single();
    var vault = new PluginVault(args[1], PluginTrust.Any, TimeProvider.System);
    using var received = vault.Receive(folder);
    vault.Keep(received);
    return await vault.LoadAsync(received.Manifest.Id, received.Manifest.Digest, folder, CancellationToken.None);
}

async Task UseAsync(LoadedPlugin plugin, int statics)
{
    var driver = plugin.Drivers.Single();
    using var settings = JsonDocument.Parse($$"""{ "statics": {{statics}} }""");
    await using var run = driver.CreateRun(
        driver.ReadChannelSettings(settings.RootElement), NullLoggerFactory.Instance, TimeProvider.System);
    await run.Driver.RunAsync(null!, CancellationToken.None); // the fixture does not look at it
}

static void Collect()
{
    GC.Collect();
    GC.WaitForPendingFinalizers();
}

static int Fail(string reason)
{
    Console.WriteLine(reason);
    return 1;
}
