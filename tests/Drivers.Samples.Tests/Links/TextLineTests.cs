using System.Net;
using System.Net.Sockets;
using System.Text;
using BridgeFramework.Testing;
using Example.Links;

namespace BridgeFramework.Drivers.Samples.Tests;

#pragma warning disable IDISP004 // A stream of a TcpClient is the client's, and the clients are disposed.
public sealed class TextLineTests : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);
    private readonly WatchedTime _time = new();
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly TcpClient _near = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly TextLine _line;
    private TcpClient _far = new();

    public TextLineTests() => _line = new TextLine(Patience, _time, maxLength: 20);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _near.Dispose();
        _far.Dispose();
        _listener.Dispose();
        _stopping.Dispose();
    }

    [Fact]
    public async Task A_question_that_waits_for_the_link_is_asked_and_answered_by_the_line_that_fits()
    {
        var asked = _line.AskAsync("read", line => line.StartsWith("read ", StringComparison.Ordinal), Ct);
        var serving = await ServeAsync();

        Assert.Equal("read\n", await HearAsync());
        await SayAsync("late 1\nread ");
        await SayAsync("2\r\n");

        Assert.Equal("read 2", await asked);
        _far.Close();
        Assert.Equal("The other side closed the connection.", await serving);
    }

    [Fact]
    public async Task A_question_without_an_answer_is_given_up_after_the_time_and_the_next_may_be_asked()
    {
        _ = await ServeAsync();
        var asked = _line.AskAsync("first", _ => true, Ct);
        await HearAsync();
        await Assert.ThrowsAsync<InvalidOperationException>(() => _line.AskAsync("second", _ => true, Ct));

        await _time.ArmedAsync(Patience);
        _time.Advance(Patience);

        await Assert.ThrowsAsync<DeviceUnreachableException>(() => asked);
        var next = _line.AskAsync("second", line => line == "ok", Ct);
        await HearAsync();
        await SayAsync("ok\n");
        Assert.Equal("ok", await next);
    }

    [Fact]
    public async Task A_link_that_ends_fails_the_question_and_a_link_that_is_down_fails_it_at_once()
    {
        var serving = await ServeAsync();
        var asked = _line.AskAsync("read", _ => true, Ct);
        await HearAsync();

        _far.Close();

        await Assert.ThrowsAsync<LinkDownException>(() => asked);
        await serving;
        _line.LinkLost("no cable");
        Assert.Equal("no cable", (await Assert.ThrowsAsync<LinkDownException>(() => _line.AskAsync("read", _ => true, Ct))).Message);
    }

    [Fact]
    public async Task A_line_that_never_ends_ends_the_link()
    {
        var serving = await ServeAsync();

        await SayAsync(new string('x', 21));

        Assert.Contains("more than 20 bytes", await serving, StringComparison.Ordinal);
    }

    private async Task<Task<string>> ServeAsync()
    {
        _listener.Start();
        await _near.ConnectAsync((IPEndPoint)_listener.LocalEndpoint, Ct);
        _far.Dispose();
        _far = await _listener.AcceptTcpClientAsync(Ct);
        return _line.ServeAsync(_near.GetStream(), () => { }, _stopping.Token);
    }

    private async Task<string> HearAsync()
    {
        byte[] buffer = new byte[100];
        return Encoding.ASCII.GetString(buffer, 0, await _far.GetStream().ReadAsync(buffer, Ct));
    }

    private async Task SayAsync(string text) => await _far.GetStream().WriteAsync(Encoding.ASCII.GetBytes(text), Ct);
}
