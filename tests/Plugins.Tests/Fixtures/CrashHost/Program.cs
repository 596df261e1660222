using System.Text.Json;
using BridgeFramework;
using BridgeFramework.Plugins;
using Microsoft.Extensions.Logging.Abstractions;

// Runs the drivers of the plugin in the folder args[0]; ends with 0 when one of them crashed a thread and the process is still there.
string folder = Directory.EnumerateDirectories(args[0]).Single();
var vault = new PluginVault(args[1], PluginTrust.Any, TimeProvider.System);
using var received = vault.Receive(folder);
vault.Keep(received);
using var plugin = await vault.LoadAsync(received.Manifest.Id, received.Manifest.Digest, folder, CancellationToken.None);

var crashed = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
if (args[2] != "unguarded")
    new PluginCrashGuard(() => [plugin], (owner, exception) => crashed.TrySetResult($"{owner}: {exception.Message}")).Install();

using var empty = JsonDocument.Parse("{}");
foreach (var driver in plugin.Drivers)
{
    await using var run = driver.CreateRun(driver.ReadChannelSettings(empty.RootElement), NullLoggerFactory.Instance, TimeProvider.System);
    await run.Driver.RunAsync(null!, CancellationToken.None); // the fixture does not look at it
}

if (args[2] == "own") ThreadPool.QueueUserWorkItem(_ => throw new InvalidOperationException("the host's own"));
Console.WriteLine(await crashed.Task.WaitAsync(TimeSpan.FromSeconds(20), TimeProvider.System));
