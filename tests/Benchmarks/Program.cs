using System.Globalization;
using System.Runtime.InteropServices;
using BridgeFramework.Benchmarks;

const string Help = """
    Benchmarks: ratios of two ways to do the same, measured in turn in one run.

    dotnet run -c Release --project tests/Benchmarks -- modbus|gateway|outbox|cpu|budget|open|memory|swaps|all [--quick]
    dotnet run -c Release --project tests/Benchmarks -- flash [--minutes N] [--work DIR]

      list      name the benchmarks
      modbus    the Modbus driver's connection against a raw socket with the same bytes
      gateway   messages to a broker through the hub session, and through the whole gateway, against MQTTnet alone
      outbox    records taken by the outbox against bytes appended to a file, and against SQLite
      cpu       CPU time of a sample from report to acknowledgement, outbox in memory against on the disk, both profiles
      budget    samples that go through the hub's 20 messages a second, both profiles
      open      time and memory to open an outbox of 1 GB
      memory    resident memory of the program bridge with the runtime settings that it ships with, against without them
      swaps     resident memory of the program bridge while its plugin is replaced 30 times, against one whose plugin stays
      all       all of them
      --quick   3 short pairs of rounds instead of 9 of a second, 64 MB instead of 1 GB: to see that they work, not for numbers

      flash     bytes that come to the flash for each byte of a record, in real time, of the outbox and of SQLite; takes root
                and six loop devices. Default 60 minutes, disks of 512 MB in the folder for temporary files.
    """;

var comparison = args.Contains("--quick", StringComparer.Ordinal) ? Comparison.Quick : Comparison.Thorough;
(string Name, Func<Task> RunAsync)[] benchmarks =
[
    ("modbus", () => ModbusBenchmark.RunAsync(comparison, Console.Out)),
    ("gateway", () => GatewayBenchmark.RunAsync(comparison, Console.Out)),
    ("outbox", () => OutboxBenchmark.RunAsync(comparison, Console.Out)),
    ("cpu", () => CpuBenchmark.RunAsync(comparison, Console.Out)),
    ("budget", () => BudgetBenchmark.RunAsync(Console.Out)),
    ("open", () => OpenBenchmark.RunAsync(comparison, Console.Out)),
    ("memory", () => MemoryBenchmark.RunAsync(comparison, Console.Out)),
    ("swaps", () => SwapMemory.RunAsync(comparison, Console.Out)),
];
string[] words = [.. args.Where(argument => argument is not "--quick")];
switch (words)
{
    case ["list"]:
        foreach (var (name, _) in benchmarks) await Console.Out.WriteLineAsync(name);
        return 0;
    case ["all"]:
        foreach (var (_, runAsync) in benchmarks) await runAsync();
        return 0;
    case [var wanted] when Array.Find(benchmarks, benchmark => benchmark.Name == wanted) is { RunAsync: not null } found:
        await found.RunAsync();
        return 0;
    case ["flash", .. var rest]:
        await FlashAsync(Option(rest, "--minutes") ?? "60", Option(rest, "--work") ?? Path.GetTempPath());
        return 0;
    case [EchoSlave.Command]:
        EchoSlave.Run();
        return 0;
    case [Broker.Command]:
        await Broker.RunAsync();
        return 0;
    case [OpenBenchmark.FillCommand, var folder, var megabytes]:
        await OpenBenchmark.FillAsync(folder, int.Parse(megabytes, CultureInfo.InvariantCulture));
        return 0;
    case [OpenBenchmark.OpenCommand, var folder, var megabytes]:
        await OpenBenchmark.OpenAsync(folder, int.Parse(megabytes, CultureInfo.InvariantCulture), Console.Out);
        return 0;
    case [] or ["--help"] or ["-h"]:
        await Console.Out.WriteLineAsync(Help);
        return 0;
    default:
        await Console.Error.WriteLineAsync($"There is no '{string.Join(' ', args)}'.\n\n{Help}");
        return 1;
}

static async Task FlashAsync(string minutes, string work)
{
    using var stopping = new CancellationTokenSource();
    using var interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
    using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
    using var hungUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, Stop);
    await FlashMeasurement.RunAsync(
        TimeSpan.FromMinutes(double.Parse(minutes, CultureInfo.InvariantCulture)), work, TimeProvider.System, Console.Out, stopping.Token);

    void Stop(PosixSignalContext context)
    {
        context.Cancel = true; // first everything is unmounted
        stopping.Cancel();
    }
}

static string? Option(string[] arguments, string name) => arguments.SkipWhile(argument => argument != name).Skip(1).FirstOrDefault();
