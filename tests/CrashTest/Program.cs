using System.CommandLine;
using BridgeFramework.CrashTest;

var kills = new Option<int>("--kills") { Description = "How often the gateway is killed.", DefaultValueFactory = _ => 20 };
var seed = new Option<int?>("--seed") { Description = "Fixes the random numbers; a random one otherwise, which is printed." };
var between = new Option<double>("--seconds-between")
{
    Description = "Seconds between two kills on average.",
    DefaultValueFactory = _ => 4,
};
var trouble = new Option<double>("--trouble-seconds")
{
    Description = "Seconds between two troubles of the hub on average; 0 for none.",
    DefaultValueFactory = _ => 3,
};
var poll = new Option<int>("--poll-milliseconds") { Description = "How often each sub-device is polled.", DefaultValueFactory = _ => 75 };
var drain = new Option<double>("--drain-seconds")
{
    Description = "How long what waits at the end may take to arrive.",
    DefaultValueFactory = _ => 120,
};
var plainOnly =
    new Option<bool>("--plain-only") { Description = "All products in the plain form, for a gateway that does not know profile.format." };
var bridge = new Option<FileInfo?>("--bridge")
{
    Description = "The bridge.dll to test, in place of the one built with this program.",
    HelpName = "FILE",
};
var keep = new Option<bool>("--keep") { Description = "Keeps the work folder when all is well, too." };
var verbose = new Option<bool>("--verbose") { Description = "Says every kill and every trouble as it happens." };
var command = new RootCommand("Kills a gateway at random instants while values flow and the hub comes and goes, then asks the hub what "
    + "it got: nothing lost, nothing twice under two numbers.")
{
    kills, seed, between, trouble, poll, drain, plainOnly, bridge, keep, verbose,
};
command.SetAction((parsed, stopping) => CrashRun.RunAsync(
    new CrashTestOptions
    {
        Kills = parsed.GetValue(kills),
        Seed = parsed.GetValue(seed) ?? Random.Shared.Next(1, 1_000_000),
        Between = TimeSpan.FromSeconds(parsed.GetValue(between)),
        Trouble = TimeSpan.FromSeconds(parsed.GetValue(trouble)),
        Poll = TimeSpan.FromMilliseconds(parsed.GetValue(poll)),
        Drain = TimeSpan.FromSeconds(parsed.GetValue(drain)),
        PlainOnly = parsed.GetValue(plainOnly),
        Bridge = parsed.GetValue(bridge)?.FullName ?? Path.Combine(AppContext.BaseDirectory, "bridge.dll"),
        Keep = parsed.GetValue(keep),
        Verbose = parsed.GetValue(verbose),
    },
    Console.Out,
    stopping));
// All processes are ended, in good order, before this one ends.
return await command.Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromSeconds(30) });
