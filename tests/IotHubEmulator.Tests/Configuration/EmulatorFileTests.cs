using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;

namespace BridgeFramework.IotHubEmulator.Tests;

public sealed class EmulatorFileTests : IDisposable
{
    private readonly string _path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());

    public void Dispose() => File.Delete(_path);

    [Fact]
    public void Comments_and_trailing_commas_are_fine_and_order_does_not_matter()
    {
        var (options, mistakes) = Read("""
            { // a comment
              "devices": [
                { "productId": "S", "deviceName": "d", "kind": "subDevice", "boundTo": "G/g", },
                { "kind": "gateway", "productId": "G", "deviceName": "g", "deviceSecret": "AAECAwQFBgcICQoLDA0ODw==" },
              ],
              "listen": "127.0.0.2", "mqttPort": 0, /* another */ "strict": true,
            }
            """);
        Assert.Empty(mistakes);
        Assert.NotNull(options);
        Assert.Equal(("127.0.0.2", 0, 8380, true), (options.Listen.ToString(), options.MqttPort, options.HttpPort, options.Strict));
        Assert.Equal(new HubDeviceId("G", "g"), options.Devices[0].BoundTo);
    }

    [Fact]
    public void A_byte_order_mark_is_no_mistake()
    {
        var (options, mistakes) = Read("\ufeff{ \"strict\": true }");
        Assert.Empty(mistakes);
        Assert.True(options?.Strict);
    }

    [Fact]
    public void Every_mistake_is_told_with_its_line_and_no_secret_with_it()
    {
        var (options, mistakes) = Read("""
            { "listen": "10.0.0.1",
              "mqttPort": 65536,
              "colour": 1,
              "devices": [
                { "productId": "P" },
                { "productId": "G", "deviceName": "g", "kind": "gateway", "deviceSecret": "s3cret!" },
                { "productId": "S", "deviceName": "d", "kind": "thing", "boundTo": "nobody", "deviceSecret": 12345 },
                { "productId": "S", "deviceName": "e", "kind": "subDevice", "boundTo": "G/x" },
                { "productId": "S", "deviceName": "f", "kind": "subDevice" },
                { "productId": "S", "deviceName": "f", "kind": "subDevice" } ] }
            """);
        Assert.Null(options);
        int[] lines = [.. mistakes.Select(mistake =>
            int.Parse(mistake.Split("line ")[1].Split(':')[0], System.Globalization.CultureInfo.InvariantCulture))];
        Assert.Equal([1, 2, 3, 5, 5, 7, 7, 7, 6, 8, 10], lines);
        Assert.All(mistakes, mistake => Assert.DoesNotContain("s3cret", mistake, StringComparison.Ordinal));
        Assert.All(mistakes, mistake => Assert.DoesNotContain("12345", mistake, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("{} {}")]
    [InlineData("""{ "devices": {} }""")]
    [InlineData("""{ "devices": [ 7 ] }""")]
    [InlineData("""{ "mqttPort": 1, "mqttPort": 2 }""")]
    [InlineData("""{ "listen": "\ud800" }""")]
    public void What_is_no_configuration_is_one_clear_mistake_or_more(string json)
    {
        var (options, mistakes) = Read(json);
        Assert.Null(options);
        Assert.NotEmpty(mistakes);
        Assert.All(mistakes, mistake => Assert.StartsWith(_path, mistake, StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_program_ends_with_2_when_the_file_is_missing()
    {
        using var error = new StringWriter();
        Assert.Equal(2, await EmulatorProgram.RunAsync(_path, TextWriter.Null, error, TestContext.Current.CancellationToken));
        Assert.Contains(_path, error.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("mqttPort", "httpPort")]
    [InlineData("httpPort", "mqttPort")]
    public async Task The_program_ends_with_1_when_a_port_is_taken_and_names_it(string taken, string free)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        string port = ((IPEndPoint)listener.LocalEndpoint).Port.ToString(System.Globalization.CultureInfo.InvariantCulture);
        await File.WriteAllTextAsync(_path, $$"""{ "{{taken}}": {{port}}, "{{free}}": 0 }""", TestContext.Current.CancellationToken);
        using var error = new StringWriter();
        Assert.Equal(1, await EmulatorProgram.RunAsync(_path, TextWriter.Null, error, TestContext.Current.CancellationToken));
        Assert.Contains(port, error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_program_says_where_it_listens_and_ends_with_0()
    {
        await File.WriteAllTextAsync(_path, """{ "mqttPort": 0, "httpPort": 0 }""", TestContext.Current.CancellationToken);
        using var stopping = new CancellationTokenSource();
        using var output = new StoppingWriter(stopping);
        Assert.Equal(0, await EmulatorProgram.RunAsync(_path, output, TextWriter.Null, stopping.Token));
        Assert.Contains("mqtt://127.0.0.1:", output.ToString(), StringComparison.Ordinal);
    }

    private (HubEmulatorOptions? Options, IReadOnlyList<string> Mistakes) Read(string json)
    {
        File.WriteAllText(_path, json);
        return EmulatorFile.Read(_path, NullLoggerFactory.Instance);
    }

    /// <summary>Ends the program as soon as it has said its first line.</summary>
    private sealed class StoppingWriter(CancellationTokenSource stopping) : StringWriter
    {
        public override async Task WriteLineAsync(string? value)
        {
            await base.WriteLineAsync(value);
            await stopping.CancelAsync();
        }
    }
}
