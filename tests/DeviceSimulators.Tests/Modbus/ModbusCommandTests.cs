using System.CommandLine;
using System.Globalization;
using System.Threading.Channels;
using BridgeFramework.Testing;

namespace BridgeFramework.DeviceSimulators.Tests;

public sealed class ModbusCommandTests
{
    [Fact]
    public async Task It_says_where_it_listens_tells_a_write_and_ends_cleanly_when_asked()
    {
        await using var output = new LineWriter();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var running = ModbusCommand.Create().Parse(["--port", "0"]).InvokeAsync(
            new InvocationConfiguration { Output = output }, stop.Token);

        string first = await output.Lines.ReadAsync(TestContext.Current.CancellationToken).AsTask().OrFail("a line");
        Assert.Matches(@"^Modbus TCP slave on 127\.0\.0\.1:\d+, units 1, 2, 3, 9\. Ctrl\+C ends it\.$", first);
        int port = int.Parse(first.Split(':')[1].Split(',')[0], CultureInfo.InvariantCulture);
        using (var master = await RawMaster.ConnectAsync(port)) await master.AskAsync(3, "06 000A 00D7");
        Assert.Equal("unit 3 holding 10 = 215 (00D7)", await output.Lines.ReadAsync(TestContext.Current.CancellationToken).AsTask().OrFail(
            "a line"));

        await stop.CancelAsync();
        Assert.Equal(0, await running);
        Assert.Equal("Stopped.", await output.Lines.ReadAsync(TestContext.Current.CancellationToken).AsTask().OrFail("the last line"));
    }

    [Theory]
    [InlineData("--port 70000", "expected 0..65535")]
    [InlineData("--listen nowhere", "expected an IP address")]
    [InlineData("--port 0 --config /no/such/file", "/no/such/file")]
    public async Task A_mistake_is_one_line_and_exit_code_1(string arguments, string message)
    {
        await using var error = new StringWriter(CultureInfo.InvariantCulture);
        var invocation = new InvocationConfiguration { Error = error };
        Assert.Equal(1, await ModbusCommand.Create().Parse(arguments).InvokeAsync(invocation, TestContext.Current.CancellationToken));
        Assert.Contains(message, error.ToString(), StringComparison.Ordinal);
        Assert.Single(error.ToString().Trim().Split('\n'));
    }

    [Fact]
    public async Task A_port_that_is_taken_is_said_with_what_to_do()
    {
        await using var taken = ModbusSlave.Start();
        await using var error = new StringWriter(CultureInfo.InvariantCulture);
        var invocation = new InvocationConfiguration { Error = error };
        Assert.Equal(
            1, await ModbusCommand.Create().Parse($"--port {taken.Port}").InvokeAsync(invocation, TestContext.Current.CancellationToken));
        Assert.Contains("Choose another --port", error.ToString(), StringComparison.Ordinal);
    }

    private sealed class LineWriter : StringWriter
    {
        private readonly Channel<string> _lines = Channel.CreateUnbounded<string>();

        public LineWriter() : base(CultureInfo.InvariantCulture) { }

        public ChannelReader<string> Lines => _lines.Reader;

        public override Task WriteLineAsync(string? value)
        {
            _lines.Writer.TryWrite(value ?? "");
            return Task.CompletedTask;
        }
    }
}
