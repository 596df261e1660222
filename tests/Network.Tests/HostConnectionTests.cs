using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;
using BridgeFramework.Testing;

namespace BridgeFramework.Network.Tests;

public sealed class HostConnectionTests
{
    private static readonly IPAddress One = IPAddress.Parse("192.0.2.1");
    private static readonly IPAddress Two = IPAddress.Parse("192.0.2.2");
    private static readonly TimeSpan Within = TimeSpan.FromSeconds(5);
    private readonly WatchedTime _time = new();
    private readonly Peers _peers = new();
    private Func<IPAddress[]> _resolve = () => [One, Two];
    private readonly HostLookup _lookup;

    public HostConnectionTests() => _lookup = new HostLookup(_ => _resolve(), _time);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_silent_first_address_costs_a_moment()
    {
        var opening = OpenAsync();
        var silent = await _peers.AskedAsync(One);
        await _time.ArmedAsync(HostConnection.HeadStart);
        _time.Advance(HostConnection.HeadStart);

        var second = await _peers.AskedAsync(Two);
        second.Accept();

        Assert.Same(second.Stream, await opening.OrFail("the second address is taken"));
        await silent.Abandoned().OrFail("the first is given up");
    }

    [Fact]
    public async Task An_address_that_refuses_costs_nothing()
    {
        var opening = OpenAsync();
        (await _peers.AskedAsync(One)).Refuse();

        var second = await _peers.AskedAsync(Two);
        second.Accept();

        Assert.Same(second.Stream, await opening.OrFail("the second address is taken"));
    }

    [Fact]
    public async Task A_slow_first_address_that_answers_before_the_second_is_taken()
    {
        var opening = OpenAsync();
        var first = await _peers.AskedAsync(One);
        await _time.ArmedAsync(HostConnection.HeadStart);
        _time.Advance(HostConnection.HeadStart);
        var second = await _peers.AskedAsync(Two);

        first.Accept();

        Assert.Same(first.Stream, await opening.OrFail("the first address is taken"));
        second.Accept(); // in the same moment
        await second.Stream.Closed.OrFail("the second is closed");
    }

    [Fact]
    public async Task Where_all_refuse_it_fails_as_the_last_did()
    {
        var opening = OpenAsync();
        (await _peers.AskedAsync(One)).Refuse(SocketError.NetworkUnreachable);
        (await _peers.AskedAsync(Two)).Refuse(SocketError.ConnectionRefused);

        var refused = await FailureAsync(opening);

        Assert.Equal(SocketError.ConnectionRefused, refused.SocketErrorCode);
        Assert.DoesNotContain("192.0.2", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_all_are_silent_it_says_how_long_it_waited()
    {
        _resolve = () => [One];
        var opening = OpenAsync();
        await _peers.AskedAsync(One);
        _time.Advance(Within);

        var late = await FailureAsync(opening);

        Assert.Equal((SocketError.TimedOut, "no connection within 5 s"), (late.SocketErrorCode, late.Message));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_failure_at_a_remembered_address_says_which_it_was(bool silent)
    {
        _resolve = () => [One];
        await _lookup.FindAsync("hub", within: null, Token).OrFail("the name is found");
        _resolve = () => throw new SocketException((int)SocketError.TryAgain);
        var opening = OpenAsync();
        var asked = await _peers.AskedAsync(One);

        if (silent) _time.Advance(Within);
        else asked.Refuse();

        var failed = await FailureAsync(opening);
        Assert.EndsWith(
            " (the name could not be looked up; the last address was 192.0.2.1)", failed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Whoever_gives_up_hears_that()
    {
        using var patience = new CancellationTokenSource();
        var opening = OpenAsync(patience.Token);
        var asked = await _peers.AskedAsync(One);

        await patience.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => (Task)opening).OrFail("it ends");
        await asked.Abandoned().OrFail("the attempt is given up");
    }

    [Fact]
    public async Task Of_very_many_addresses_eight_are_tried()
    {
        IPAddress[] many = [.. Enumerable.Range(1, 200).Select(n => IPAddress.Parse($"192.0.2.{n}"))];
        _resolve = () => many;
        var opening = OpenAsync();
        foreach (var address in many.Take(HostConnection.MaxAddresses)) (await _peers.AskedAsync(address)).Refuse();

        await FailureAsync(opening);
    }

    [Fact]
    public async Task Bytes_go_both_ways_by_a_name()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        int port = ((IPEndPoint)listener.LocalEndpoint).Port;
        var opening = HostConnection.OpenAsync("localhost", port, TimeSpan.FromSeconds(30), TimeProvider.System, Token);
        using var peer = await listener.AcceptSocketAsync(Token).AsTask().OrFail("a connection");
        await using var stream = await opening.OrFail("it is open");

        await stream.WriteAsync(new byte[] { 1, 2, 3 }, Token);
        byte[] read = new byte[3];
        Assert.Equal(3, await peer.ReceiveAsync(read, Token).AsTask().OrFail("the bytes"));

        Assert.Equal([1, 2, 3], read);
    }

    private Task<Stream> OpenAsync(CancellationToken? cancellationToken = null) =>
        HostConnection.OpenAsync(_lookup, _peers.ConnectAsync, "hub", 1883, Within, _time, cancellationToken ?? Token);

    private static Task<SocketException> FailureAsync(Task opening) =>
        Assert.ThrowsAsync<SocketException>(() => opening).OrFail("it fails");

    /// <summary>Answer when the test says so.</summary>
    private sealed class Peers
    {
        private readonly Channel<Peer> _asked = Channel.CreateUnbounded<Peer>();

        public Task<Stream> ConnectAsync(IPEndPoint place, CancellationToken cancellationToken)
        {
            var peer = new Peer(place.Address, cancellationToken);
            _asked.Writer.TryWrite(peer);
            return peer.Outcome;
        }

        public async Task<Peer> AskedAsync(IPAddress address)
        {
            var peer = await _asked.Reader.ReadAsync(Token).AsTask().OrFail($"an attempt at {address}");
            Assert.Equal(address, peer.Address);
            return peer;
        }
    }

    private sealed class Peer(IPAddress address, CancellationToken cancellationToken)
    {
        private readonly TaskCompletionSource<Stream> _outcome = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public IPAddress Address => address;

        public ClosableStream Stream { get; } = new();

        public Task<Stream> Outcome => _outcome.Task;

        public async Task Abandoned() =>
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

        public void Accept() => _outcome.SetResult(Stream);

        public void Refuse(SocketError error = SocketError.ConnectionRefused) =>
            _outcome.SetException(new SocketException((int)error));
    }

    private sealed class ClosableStream : MemoryStream
    {
        private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Closed => _closed.Task;

        public override ValueTask DisposeAsync()
        {
            _closed.TrySetResult();
            return base.DisposeAsync();
        }
    }
}
