using System.CommandLine;
using BridgeFramework.SwapTest;

var seed = new Option<int?>("--seed")
{
    Description = "Fixes the random numbers; a random one otherwise, which is printed.",
    Recursive = true,
};
var trial = new Option<double>("--trial-seconds")
{
    Description = "How long a new version is on trial.",
    DefaultValueFactory = _ => 3,
    Recursive = true,
};
var bridge = new Option<FileInfo?>("--bridge")
{
    Description = "The bridge.dll to test, in place of the one built with this program.",
    HelpName = "FILE",
    Recursive = true,
};
var keep = new Option<bool>("--keep") { Description = "Keeps the work folder when all is well, too.", Recursive = true };
var verbose = new Option<bool>("--verbose") { Description = "Says every step as it happens.", Recursive = true };

var swaps = new Option<int>("--swaps") { Description = "How often the plugin is replaced.", DefaultValueFactory = _ => 50 };
var badEvery = new Option<int>("--bad-every")
{
    Description = "Each so-many-th version is a bad one; 0 for none.",
    DefaultValueFactory = _ => 10,
};
var megabytes = new Option<double>("--megabytes") { Description = "Size of each version, in MB of a file that it has beside." };
var load = new Command("load", "Replaces one plugin again and again while another polls 20 channels every 50 ms: the other must not "
    + "notice, and nothing may be lost.") { swaps, badEvery, megabytes };
load.SetAction((parsed, stopping) => TestRun.RunAsync("load", OptionsOf(parsed), (run, token) => new LoadRun(run, parsed.GetValue(swaps),
    parsed.GetValue(badEvery), parsed.GetValue(megabytes)).RunAsync(token), Console.Out, stopping));

var kills = new Option<int>("--kills") { Description = "How often the gateway is killed.", DefaultValueFactory = _ => 100 };
var kill = new Command("kill", "Kills the gateway while a plugin arrives, is replaced or is on trial: the old version or the new one "
    + "must be at work after it.") { kills };
kill.SetAction((parsed, stopping) => TestRun.RunAsync(
    "kill", OptionsOf(parsed), (run, token) => new KillRun(run, parsed.GetValue(kills)).RunAsync(token), Console.Out, stopping));

var sizes = new Option<double[]>("--sizes")
{
    Description = "Sizes of the plugin in MB.",
    DefaultValueFactory = _ => [0.1, 1, 5, 20, 50],
    AllowMultipleArgumentsPerToken = true,
};
var rounds = new Option<int>("--rounds") { Description = "How often each size is dropped.", DefaultValueFactory = _ => 5 };
var drop = new Command("drop", "Measures the time from the drop of a plugin to its first value at the hub.") { sizes, rounds };
drop.SetAction((parsed, stopping) => TestRun.RunAsync("drop", OptionsOf(parsed), (run, token) =>
    new DropRun(run, parsed.GetValue(sizes) ?? [], parsed.GetValue(rounds)).RunAsync(token), Console.Out, stopping));

var changes = new Option<int>("--changes") { Description = "How often the configuration is changed.", DefaultValueFactory = _ => 50 };
var change = new Command("change", "Changes the configuration again and again while a plugin polls 20 channels every 50 ms: they must "
    + "not notice, and hub and configuration must agree after each change.") { changes };
change.SetAction((parsed, stopping) => TestRun.RunAsync("change", OptionsOf(parsed), (run, token) =>
    new ChangeRun(run, parsed.GetValue(changes)).RunAsync(token), Console.Out, stopping));

var changeKills = new Option<int>("--kills") { Description = "How often the gateway is killed.", DefaultValueFactory = _ => 20 };
var changeKill = new Command("change-kill", "Kills the gateway while it takes over other files: after a restart it must be what they say.")
{
    changeKills,
};
changeKill.SetAction((parsed, stopping) => TestRun.RunAsync("change-kill", OptionsOf(parsed), (run, token) =>
    new ChangeKillRun(run, parsed.GetValue(changeKills)).RunAsync(token), Console.Out, stopping));

var command = new RootCommand("Tries what the gateway promises about plugins and configurations that change while it runs, with real "
    + "processes.") { load, kill, drop, change, changeKill, seed, trial, bridge, keep, verbose };
// All processes are ended, in good order, before this one ends.
return await command.Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromSeconds(30) });

SwapTestOptions OptionsOf(ParseResult parsed) => new()
{
    Seed = parsed.GetValue(seed) ?? Random.Shared.Next(1, 1_000_000),
    Trial = TimeSpan.FromSeconds(parsed.GetValue(trial)),
    Bridge = parsed.GetValue(bridge)?.FullName ?? Path.Combine(AppContext.BaseDirectory, "bridge.dll"),
    Keep = parsed.GetValue(keep),
    Verbose = parsed.GetValue(verbose),
};
