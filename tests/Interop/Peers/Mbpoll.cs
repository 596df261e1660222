using System.Globalization;
using System.Text.RegularExpressions;

namespace BridgeFramework.Interop;

/// <summary>A Modbus master by libmodbus: Debian's mbpoll, one run for one request.</summary>
internal static partial class Mbpoll
{
    /// <summary>Reads once.</summary>
    /// <param name="port">The slave's port on loopback.</param>
    /// <param name="unit">The unit id.</param>
    /// <param name="type">mbpoll's type: 0 coils, 1 discrete inputs, 3 input and 4 holding registers;
    /// 4:float, 4:int and so on, high word first.</param>
    /// <param name="address">The first address, from 0.</param>
    /// <param name="count">How many values.</param>
    public static async Task<IReadOnlyList<double>> ReadAsync(int port, int unit, string type, int address, int count)
    {
        string output = await RunAsync(port, unit, type, address, ["-c", $"{count}"], values: []);
        // "[10]: 	54321 (-11215)": in brackets what it is as a signed number.
        return [.. Line().Matches(output).Select(match => double.Parse(match.Groups["value"].ValueSpan, CultureInfo.InvariantCulture))];
    }

    /// <summary>Writes once.</summary>
    public static async Task WriteAsync(int port, int unit, string type, int address, params string[] values)
    {
        string output = await RunAsync(port, unit, type, address, [], values);
        Assert.Contains($"Written {values.Length} references.", output, StringComparison.Ordinal);
    }

    /// <summary>Reads what cannot be read and gives the complaint.</summary>
    public static async Task<string> FailAsync(int port, int unit, string type, int address, int count)
    {
        await using var master = Start(port, unit, type, address, ["-c", $"{count}"], []);
        await master.ExitAsync();
        return master.LastWords;
    }

    private static async Task<string> RunAsync(int port, int unit, string type, int address, string[] options, string[] values)
    {
        await using var master = Start(port, unit, type, address, options, values);
        string output = await master.OutputAsync();
        Assert.True(await master.ExitAsync() == 0, master.LastWords);
        return output;
    }

    private static PeerProcess Start(int port, int unit, string type, int address, string[] options, string[] values) =>
        PeerProcess.Start(
            Peer.Find("mbpoll", "mbpoll"),
            ["-m", "tcp", "-0", "-1", "-B", "-o", "5", "-p", $"{port}", "-a", $"{unit}", "-t", type, "-r", $"{address}", .. options,
                "127.0.0.1", .. values]);

    [GeneratedRegex(@"^\[\d+\]:\s+(?<value>\S+)", RegexOptions.Multiline | RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant,
        matchTimeoutMilliseconds: 1000)]
    private static partial Regex Line();
}
