using System.CommandLine;
using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;

namespace BridgeFramework.DeviceSimulators;

/// <summary>The command <c>modbus</c>: a slave until Ctrl+C.</summary>
internal static class ModbusCommand
{
    private const string BuiltIn = "defaults";

    public static Command Create()
    {
        var port = new Option<int>("--port") { Description = "TCP port, 0 for a free one.", DefaultValueFactory = _ => 1502 };
        var listen = new Option<string>("--listen") { Description = "Address to listen on.", DefaultValueFactory = _ => "127.0.0.1" };
        var config = new Option<string>("--config")
        {
            Description = $"File with the units to simulate, or '{BuiltIn}': meters at 1..3 and a thermometer at 9.",
            DefaultValueFactory = _ => BuiltIn,
        };
        var verbose = new Option<bool>("--verbose") { Description = "Show every request, not only writes." };
        var command = new Command("modbus", "A Modbus TCP slave with several units.") { port, listen, config, verbose };
        command.SetAction((parsed, stopping) => RunAsync(
            parsed.GetRequiredValue(port), parsed.GetRequiredValue(listen), parsed.GetRequiredValue(config), parsed.GetValue(verbose),
            parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error, stopping));
        return command;
    }

    private static async Task<int> RunAsync(
        int port, string listen, string config, bool verbose, TextWriter output, TextWriter error, CancellationToken stopping)
    {
        if (port is < 0 or > 65535) return await FailAsync(error, $"--port {port}: expected 0..65535.");
        if (!IPAddress.TryParse(listen, out var address))
            return await FailAsync(error, $"--listen {listen}: expected an IP address as 127.0.0.1.");
        try
        {
            var model = string.Equals(config, BuiltIn, StringComparison.Ordinal) ? ModbusModel.Default
                : ModbusModel.Parse(await File.ReadAllTextAsync(config, stopping), config);
            await using var slave = ModbusSlave.Start(new ModbusSlaveOptions { Address = address, Port = port });
            model.ApplyTo(slave);
            await output.WriteLineAsync($"Modbus TCP slave on {slave.EndPoint}, units "
                + $"{string.Join(", ", slave.Units.Select(unit => unit.Id).Order())}. Ctrl+C ends it.");
            await Task.WhenAll(
                TellAsync(slave.Writes, output, stopping),
                verbose ? TellAsync(slave.Requests, output, stopping) : Task.CompletedTask);
            return 0;
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            await output.WriteLineAsync("Stopped.");
            return 0;
        }
        catch (SocketException problem)
        {
            return await FailAsync(
                error, $"Cannot listen on {listen}:{port}: {problem.Message}. Choose another --port; 0 takes a free one.");
        }
        catch (Exception problem) when (
            problem is IOException or UnauthorizedAccessException or FormatException or InvalidOperationException)
        {
            return await FailAsync(error, problem.Message);
        }
    }

    private static async Task TellAsync<T>(ChannelReader<T> events, TextWriter output, CancellationToken stopping)
    {
        await foreach (var happened in events.ReadAllAsync(stopping))
            await output.WriteLineAsync($"{happened}");
    }

    private static async Task<int> FailAsync(TextWriter error, string message)
    {
        await error.WriteLineAsync(message);
        return 1;
    }
}
