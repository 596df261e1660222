using System.Net.Sockets;
using System.Text;
using BridgeFramework.Fuzz;
using BridgeFramework.Testing;

namespace BridgeFramework.Gateway.Tests;

/// <summary>Mutated requests on the operator's socket. BRIDGE_FUZZ sets how many (default 500).</summary>
public sealed class AdminFuzzTests
{
    private const int Few = 500;
    private const int LongestAnswer = 1024 * 1024;

    private static readonly string[] Real =
    [
        "GET /status HTTP/1.1\r\nHost: bridge\r\nAccept: application/json\r\n\r\n",
        "GET /device?id=SUBPROD001/test1 HTTP/1.1\r\nHost: bridge\r\n\r\n",
        "GET /plugin?id=a%00b HTTP/1.1\r\nHost: bridge\r\n\r\n",
        "POST /device/offline?id=SUBPROD001%2Fnobody HTTP/1.1\r\nHost: bridge\r\nContent-Length: 2\r\n\r\n{}",
        "POST /plugin/take?entry=..%2F..%2Fnothing HTTP/1.1\r\nHost: bridge\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
        "POST /firmware/approve?id=%F0%9F%98%80/%EF%BF HTTP/1.1\r\nHost: bridge\r\nContent-Length: 0\r\n\r\n",
    ];

    [Fact]
    public async Task Whatever_comes_on_the_socket_is_answered_or_cut_off_and_the_gateway_goes_on()
    {
        await using var bench = await GatewayBench.CreateAsync();
        await bench.StartAsync();

        foreach (byte[] request in new Mutations(seed: 20261130, [.. Real.Select(Encoding.Latin1.GetBytes)]).Take(Few))
        {
            string text = Encoding.Latin1.GetString(request);
            string answer = await Step.Of($"{text} is answered or cut off", token => AskAsync(bench, request, token));
            Assert.False(answer.StartsWith("HTTP/1.1 500", StringComparison.Ordinal), $"{answer}\nof {text}");
        }

        Assert.Equal(0, (await bench.BridgeAsync("status")).Code);
    }

    /// <summary>Sends what there is, and reads until the gateway ends the connection.</summary>
    private static async Task<string> AskAsync(GatewayBench bench, byte[] request, CancellationToken cancellationToken)
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(bench.Socket), cancellationToken);
        var answer = new byte[LongestAnswer];
        int length = 0;
        try
        {
            await socket.SendAsync(request, cancellationToken);
            socket.Shutdown(SocketShutdown.Send);
            while (await socket.ReceiveAsync(answer.AsMemory(length), cancellationToken) is > 0 and var read) length += read;
        }
        catch (SocketException)
        {
            // Cut off before everything was sent or read: an answer like another.
        }

        return Encoding.Latin1.GetString(answer, 0, length);
    }
}
