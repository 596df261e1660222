using System.Text.Json;
using BridgeFramework;
using BridgeFramework.Plugins;
using Microsoft.Extensions.Logging.Abstractions;

// Runs the drivers of the folder args[0]; ends with 0 when one of them crashed a thread and the process is still there.
var folder = new PluginFolder(args[0], args[1], NullLoggerFactory.Instance);
var scan = await folder.ScanAsync(CancellationToken.None);
foreach (var failure in scan.Failures) Console.WriteLine(failure);

var crashed = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
if (args[2] != "unguarded")
    new PluginCrashGuard(() => scan.Plugins, (plugin, exception) => crashed.TrySetResult($"{plugin}: {exception.Message}")).Install();

using var empty = JsonDocument.Parse("{}");
foreach (var driver in scan.Plugins.SelectMany(p => p.Drivers))
{
    await using var run = driver.CreateRun(driver.ReadChannelSettings(empty.RootElement), NullLoggerFactory.Instance, TimeProvider.System);
    await run.Driver.RunAsync(null!, CancellationToken.None); // the fixture does not look at it
}

if (args[2] == "own") ThreadPool.QueueUserWorkItem(_ => throw new InvalidOperationException("the host's own"));
Console.WriteLine(await crashed.Task.WaitAsync(TimeSpan.FromSeconds(20), TimeProvider.System));
