using System.Globalization;
using System.Runtime.InteropServices;
using BridgeFramework.Benchmarks;

const string Help = """
    Benchmarks: ratios of two ways to do the same, measured in turn in one run.

    dotnet run -c Release --project tests/Benchmarks -- modbus|gateway|all [--quick]
    dotnet run -c Release --project tests/Benchmarks -- flash [--minutes N] [--work DIR]

      list      name the benchmarks
      modbus    the Modbus driver's connection against a raw socket with the same bytes
      gateway   messages to a broker through the hub session, and through the whole gateway, against MQTTnet alone
      all       all of them
      --quick   3 short pairs of rounds instead of 9 of a second: to see that they work, not for numbers

      flash     bytes that come to the flash for each byte of a record, in real time, of the outbox and of SQLite; takes root
                and six loop devices. Default 60 minutes, disks of 512 MB in the folder for temporary files.
    """;

var comparison = args.Contains("--quick", StringComparer.Ordinal) ? Comparison.Quick : Comparison.Thorough;
string[] names = [.. args.Where(argument => argument is not "--quick")];
switch (names)
{
    case ["list"]:
        await Console.Out.WriteLineAsync("modbus\ngateway");
        return 0;
    case ["modbus"]:
        await ModbusAsync();
        return 0;
    case ["gateway"]:
        await GatewayAsync();
        return 0;
    case ["all"]:
        await ModbusAsync();
        await GatewayAsync();
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
    case [] or ["--help"] or ["-h"]:
        await Console.Out.WriteLineAsync(Help);
        return 0;
    default:
        await Console.Error.WriteLineAsync($"There is no '{string.Join(' ', args)}'.\n\n{Help}");
        return 1;
}

Task ModbusAsync() => ModbusBenchmark.RunAsync(comparison, Console.Out);

Task GatewayAsync() => GatewayBenchmark.RunAsync(comparison, Console.Out);

static async Task FlashAsync(string minutes, string work)
{
    using var stopping = new CancellationTokenSource();
    using var interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
    using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
    using var hungUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, Stop);
    await FlashMeasurement.RunAsync(TimeSpan.FromMinutes(double.Parse(minutes, CultureInfo.InvariantCulture)), work, TimeProvider.System, Console.Out, stopping.Token);

    void Stop(PosixSignalContext context)
    {
        context.Cancel = true; // first everything is unmounted
        stopping.Cancel();
    }
}

static string? Option(string[] arguments, string name) => arguments.SkipWhile(argument => argument != name).Skip(1).FirstOrDefault();
