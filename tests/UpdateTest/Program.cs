using System.CommandLine;
using BridgeFramework.UpdateTest;

var seed = new Option<int?>("--seed")
{
    Description = "Fixes the random numbers; a random one otherwise, which is printed.",
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

var kills = new Option<int>("--kills") { Description = "How often the gateway is killed.", DefaultValueFactory = _ => 100 };
var between = new Option<double>("--seconds-between")
{
    Description = "Seconds between two kills on average.",
    DefaultValueFactory = _ => 4,
};
var kill = new Command("kill", "Kills the gateway at random instants while ten sub-devices are given one image after another: each must "
    + "end done, once, with no byte wrong.") { kills, between };
kill.SetAction((parsed, stopping) => TestRun.RunAsync(
    "kill", OptionsOf(parsed), (options, output) =>
        new KillRun(options, parsed.GetValue(kills), TimeSpan.FromSeconds(parsed.GetValue(between)), output), stopping));

var channels = new Option<int>("--channels") { Description = "How many lines.", DefaultValueFactory = _ => 20 };
var perChannel = new Option<int>("--per-channel") { Description = "How many sub-devices on each.", DefaultValueFactory = _ => 10 };
var kibibytes = new Option<int>("--kib") { Description = "Size of the image.", DefaultValueFactory = _ => 1024 };
var rate = new Option<int>("--kib-per-second") { Description = "How fast the gateway may fetch it.", DefaultValueFactory = _ => 512 };
var fleet = new Command("fleet", "Gives a whole fleet one image while its values go on: fetched once, lines side by side, values in "
    + "time.") { channels, perChannel, kibibytes, rate };
fleet.SetAction((parsed, stopping) => TestRun.RunAsync(
    "fleet",
    OptionsOf(parsed),
    (options, output) => new FleetRun(options, parsed.GetValue(channels), parsed.GetValue(perChannel), parsed.GetValue(kibibytes) * 1024,
        parsed.GetValue(rate) * 1024, output),
    stopping));

var command = new RootCommand("Tries what the gateway promises about firmware updates, with a gateway in a process of its own.") { kill,
    fleet, seed, bridge, keep, verbose };
// All processes are ended, in good order, before this one ends.
return await command.Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromSeconds(30) });

UpdateTestOptions OptionsOf(ParseResult parsed) => new()
{
    Seed = parsed.GetValue(seed) ?? Random.Shared.Next(1, 1_000_000),
    Bridge = parsed.GetValue(bridge)?.FullName ?? Path.Combine(AppContext.BaseDirectory, "bridge.dll"),
    Keep = parsed.GetValue(keep),
    Verbose = parsed.GetValue(verbose),
};
