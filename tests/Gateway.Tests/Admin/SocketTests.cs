using System.Net.Sockets;
using BridgeFramework.Configuration;
using BridgeFramework.Runtime;
using BridgeFramework.Testing;
using Microsoft.Extensions.Time.Testing;

namespace BridgeFramework.Gateway.Tests;

public sealed class SocketTests
{
    [Fact]
    public async Task Only_the_owner_can_reach_the_socket()
    {
        if (OperatingSystem.IsWindows()) return; // it has no such modes
        await using var bench = await GatewayBench.CreateAsync();
        await bench.StartAsync();

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(bench.Socket));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(bench.Data));
    }

    [Fact]
    public async Task The_socket_of_a_dead_process_is_replaced()
    {
        await using var bench = await GatewayBench.CreateAsync();
        Directory.CreateDirectory(bench.Data);
        LeaveSocketBehind(bench.Socket);
        Assert.True(File.Exists(bench.Socket));
        Assert.Equal(2, (await bench.BridgeAsync("status")).Code);

        await bench.StartAsync();

        Assert.Equal(0, (await bench.BridgeAsync("status")).Code);
        await bench.StopAsync();
        Assert.False(File.Exists(bench.Socket));
    }

    [Fact]
    public async Task A_second_gateway_on_the_same_data_folder_is_refused_and_the_first_goes_on()
    {
        await using var bench = await GatewayBench.CreateAsync();
        await bench.StartAsync();

        var (code, error) = await bench.RunAnotherAsync();

        Assert.Equal(1, code);
        Assert.Equal(
            $"The gateway cannot run: a gateway is already running on this data folder ({bench.Data}). Stop that one first, or give this "
                + "one a 'data.folder' of its own.\n",
            error);
        Assert.Equal(0, (await bench.BridgeAsync("status")).Code);
    }

    [Theory]
    [InlineData("bridge.sock", " is a folder, and the gateway's socket belongs there: remove it.\n")]
    [InlineData("bridge.lock", "' is a folder, and a regular file is expected.\n")]
    public async Task A_folder_in_the_place_of_a_file_of_ours_is_one_sentence(string name, string sentence)
    {
        await using var bench = await GatewayBench.CreateAsync();
        Directory.CreateDirectory(Path.Combine(bench.Data, name));

        var (code, error) = await bench.RunAnotherAsync();

        Assert.Equal(1, code);
        Assert.StartsWith("The gateway cannot run: ", error, StringComparison.Ordinal);
        Assert.EndsWith(Path.Combine(bench.Data, name) + sentence, error, StringComparison.Ordinal);
        Assert.Equal(2, (await bench.BridgeAsync("status")).Code);
    }

    [Theory]
    [InlineData("status", (int)GatewayHealth.Degraded)]
    [InlineData("ledger")]
    [InlineData("device list")]
    [InlineData("plugin list")]
    public async Task A_gateway_that_runs_answers_while_its_configuration_is_broken(string command, int code = 0)
    {
        await using var bench = await GatewayBench.CreateAsync();
        await bench.StartAsync();
        string file = Path.Combine(bench.Folder, "bridge.json");
        string good = await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(file, good[..^1], TestContext.Current.CancellationToken);

        var told = await bench.BridgeAsync(command);

        Assert.Equal((code, ""), (told.Code, told.Error));
        await bench.StopAsync();
        told = await bench.BridgeAsync(command);
        Assert.StartsWith("bridge.json:1:", told.Error, StringComparison.Ordinal);
        Assert.Contains($"No gateway is running on {bench.Data}", told.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_order_that_was_not_carried_out_does_not_end_as_if_it_had_been()
    {
        await using var bench = await GatewayBench.CreateAsync();
        Directory.CreateDirectory(Path.Combine(bench.Folder, "plugins", "broken"));
        await bench.StartAsync();

        var told = await bench.BridgeAsync("plugin reload broken");

        Assert.Equal(1, told.Code);
        Assert.StartsWith("Plugin broken was not loaded because ", told.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_live_socket_that_is_not_ours_is_left_alone()
    {
        await using var bench = await GatewayBench.CreateAsync();
        Directory.CreateDirectory(bench.Data);
        using var other = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        other.Bind(new UnixDomainSocketEndPoint(bench.Socket));
        other.Listen();

        var (code, error) = await bench.RunAnotherAsync();

        Assert.Equal(1, code);
        Assert.Contains("somebody answers on", error, StringComparison.Ordinal);
        Assert.True(File.Exists(bench.Socket));
    }

    [Theory]
    [InlineData("status", 2)]
    [InlineData("device list", 1)]
    [InlineData("hub list", 1)]
    public async Task Where_no_gateway_runs_that_is_said(string line, int expected)
    {
        await using var bench = await GatewayBench.CreateAsync();

        Assert.Equal(
            new(expected, "", $"No gateway is running on {bench.Data}: start it with 'bridge run'.\n"), await bench.BridgeAsync(line));
        Assert.Equal("notRunning", (await bench.BridgeJsonAsync(line)).GetProperty("error").GetString());
    }

    [Fact]
    public async Task A_gateway_that_went_away_is_told_from_one_that_does_not_run()
    {
        await using var bench = await GatewayBench.CreateAsync();
        Directory.CreateDirectory(bench.Data);
        using var other = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        other.Bind(new UnixDomainSocketEndPoint(bench.Socket));
        other.Listen();
        var asking = bench.BridgeAsync("status");
        using (await other.AcceptAsync(TestContext.Current.CancellationToken))
        {
        }

        var told = await asking;

        Assert.Equal(2, told.Code);
        Assert.Contains("went away before it answered", told.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_gateway_that_many_ask_at_once_says_that_it_is_busy()
    {
        await using var bench = await GatewayBench.CreateAsync();
        await bench.StartAsync();
        var half = new List<Socket>();
        try
        {
            var answers = new List<Task<int>>();
            for (int n = 0; n < AdminDoor.Places + 8; n++)
            {
                half.Add(new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified));
                await half[^1].ConnectAsync(new UnixDomainSocketEndPoint(bench.Socket), TestContext.Current.CancellationToken);
                await half[^1].SendAsync("GET /status"u8.ToArray(), TestContext.Current.CancellationToken);
                answers.Add(half[^1].ReceiveAsync(new byte[1024], TestContext.Current.CancellationToken).AsTask());
            }

            for (int n = 0; n < 8; n++) answers.Remove(await Task.WhenAny(answers).OrFail("those that find no place are answered"));
            var told = await bench.BridgeAsync("status");

            Assert.Equal(2, told.Code);
            Assert.StartsWith(
                "The gateway is busy: 32 commands or programs are asking it already. Try again", told.Error, StringComparison.Ordinal);
            Assert.Equal(1, (await bench.BridgeAsync("device list")).Code);
            Assert.Equal("busy", (await bench.BridgeJsonAsync("status")).GetProperty("error").GetString());
        }
        finally
        {
            foreach (var socket in half) socket.Dispose();
        }
    }

    [Fact]
    public async Task A_gateway_that_does_not_answer_is_given_ten_seconds()
    {
        await using var bench = await GatewayBench.CreateAsync();
        Directory.CreateDirectory(bench.Data);
        using var deaf = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        deaf.Bind(new UnixDomainSocketEndPoint(bench.Socket));
        deaf.Listen();
        var time = new FakeTimeProvider();
        using var client = AdminClient.Of(ConfigurationLoader.Load(bench.Folder), time);

        var asking = client.GetAsync("status", AdminJson.Default.StatusView, TestContext.Current.CancellationToken);
        time.Advance(TimeSpan.FromSeconds(9.9));
        Assert.False(asking.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(0.1));

        var exception = await Assert.ThrowsAsync<AdminException>(() => asking);
        Assert.Equal(AdminError.NotAnswering, exception.Error.Error);
        Assert.StartsWith($"The gateway on {bench.Data} has not answered within 10 s: ", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_running_gateway_is_found_while_its_configuration_has_mistakes()
    {
        await using var bench = await GatewayBench.CreateAsync();
        await bench.StartAsync();

        await bench.ConfigureAsync("""{ "line1": { "drivr": "modbus" } }""");

        Assert.Equal((int)GatewayHealth.Degraded, (await bench.BridgeAsync("status")).Code);
    }

    private static void LeaveSocketBehind(string path)
    {
        // Who is killed does not clean up: move the file away from the one who would.
        using var dead = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        dead.Bind(new UnixDomainSocketEndPoint(path + ".dead"));
        dead.Listen();
        File.Move(path + ".dead", path);
    }
}
