using BridgeFramework.Benchmarks;

const string Help = """
    Benchmarks: ratios of two ways to do the same, measured in turn in one run.

    dotnet run -c Release --project tests/Benchmarks -- modbus|gateway|all [--quick]

      list      name the benchmarks
      modbus    the Modbus driver's connection against a raw socket with the same bytes
      gateway   messages to a broker through the hub session, and through the whole gateway, against MQTTnet alone
      all       all of them
      --quick   3 short pairs of rounds instead of 9 of a second: to see that they work, not for numbers
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
