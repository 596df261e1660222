using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using BridgeFramework.Testing;

namespace BridgeFramework.Network.Tests;

public sealed class HostLookupTests : IDisposable
{
    private static readonly IPAddress One = IPAddress.Parse("192.0.2.1");
    private static readonly IPAddress Two = IPAddress.Parse("192.0.2.2");
    private readonly WatchedTime _time = new();
    private readonly NameServer _server = new();
    private readonly HostLookup _lookup;

    public HostLookupTests() => _lookup = new HostLookup(_server.Resolve, _time);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _server.Dispose();

    [Theory]
    [InlineData("192.0.2.7")]
    [InlineData("::1")]
    public async Task An_address_is_its_own(string address)
    {
        var found = await _lookup.FindAsync(address, within: null, Token);

        Assert.Equal((IPAddress.Parse(address), false, ""), (Assert.Single(found.All), found.AreRemembered, found.Note));
        Assert.Empty(_server.Asked);
    }

    [Fact]
    public async Task A_name_is_looked_up_on_no_thread_of_the_pool()
    {
        _server.Answer("meter", One, Two);

        var found = await _lookup.FindAsync("meter", within: null, Token).OrFail("the name is found");

        Assert.Equal([One, Two], found.All);
        Assert.Equal(("meter", false), Assert.Single(_server.Asked));
    }

    [Fact]
    public async Task All_who_ask_for_a_name_wait_for_one_look_up()
    {
        _server.Hold("meter");
        string[] names = [.. Enumerable.Range(0, 40).Select(n => n % 2 == 0 ? "meter" : "METER")];
        Task<HostAddresses>[] all = [.. names.Select(name => _lookup.FindAsync(name, within: null, Token))];

        _server.Answer("meter", One);

        foreach (var found in await Task.WhenAll(all).OrFail("all are answered")) Assert.Equal([One], found.All);
        Assert.Single(_server.Asked);
    }

    [Fact]
    public async Task Names_that_are_not_answered_hold_so_many_threads_and_the_others_have_their_turn()
    {
        string[] names = [.. Enumerable.Range(0, HostLookup.MaxThreads + 1).Select(n => $"dead{n}")];
        foreach (string name in names) _server.Hold(name);
        Task<HostAddresses>[] all = [.. names.Select(name => _lookup.FindAsync(name, within: null, Token))];
        for (int n = 0; n < HostLookup.MaxThreads; n++) await _server.Begins().OrFail("a look-up begins");
        Assert.Equal(HostLookup.MaxThreads, _server.Asked.Count);

        _server.Answer(names[0], One);

        await all[0].OrFail("the first is answered");
        await _server.Begins().OrFail("the last begins");
        _server.Answer(names[^1], Two);
        Assert.Equal([Two], (await all[^1].OrFail("the last is answered")).All);
        foreach (string name in names[1..^1]) _server.Answer(name, One);
        await Task.WhenAll(all).OrFail("all are answered");
    }

    [Fact]
    public async Task Where_the_name_server_says_no_the_last_address_stands()
    {
        _server.Answer("meter", One);
        await _lookup.FindAsync("meter", within: null, Token).OrFail("the name is found");
        _server.Refuse("meter", SocketError.TryAgain);

        var found = await _lookup.FindAsync("meter", within: null, Token).OrFail("the name is answered");

        Assert.Equal([One], found.All);
        Assert.True(found.AreRemembered);
        Assert.Equal(" (the name could not be looked up; the last address was 192.0.2.1)", found.Note);
    }

    [Fact]
    public async Task Where_the_name_server_says_nothing_the_last_address_stands_after_two_seconds()
    {
        _server.Answer("meter", One);
        await _lookup.FindAsync("meter", within: null, Token).OrFail("the name is found");
        _server.Hold("meter");

        var asked = _lookup.FindAsync("meter", within: null, Token);
        await _time.ArmedAsync(HostLookup.Grace);
        _time.Advance(HostLookup.Grace - TimeSpan.FromTicks(1));
        Assert.False(asked.IsCompleted);
        _time.Advance(TimeSpan.FromTicks(1));

        Assert.True((await asked.OrFail("the last address is taken")).AreRemembered);
        _server.Answer("meter", Two);
        var next = await _lookup.FindAsync("meter", within: null, Token).OrFail("the name is found");
        Assert.Equal([Two], next.All);
        Assert.False(next.AreRemembered);
    }

    [Fact]
    public async Task Whoever_has_little_time_has_the_last_address_in_a_third_of_it()
    {
        _server.Answer("meter", One);
        await _lookup.FindAsync("meter", within: null, Token).OrFail("the name is found");
        _server.Hold("meter");

        var asked = _lookup.FindAsync("meter", TimeSpan.FromSeconds(1.5), Token);
        await _time.ArmedAsync(TimeSpan.FromSeconds(0.5));
        _time.Advance(TimeSpan.FromSeconds(0.5));

        Assert.True((await asked.OrFail("the last address is taken")).AreRemembered);
    }

    [Fact]
    public async Task A_name_that_is_denied_again_and_again_is_gone()
    {
        _server.Answer("meter", One);
        await _lookup.FindAsync("meter", within: null, Token).OrFail("the name is found");
        SocketError[] answers =
        [
            SocketError.HostNotFound, SocketError.HostNotFound, SocketError.TryAgain, // which says nothing of the name
            .. Enumerable.Repeat(SocketError.HostNotFound, HostLookup.MaxDenials),
        ];
        foreach (var answer in answers)
        {
            _server.Refuse("meter", answer);
            Assert.True((await _lookup.FindAsync("meter", within: null, Token).OrFail("the name is answered")).AreRemembered);
        }

        _server.Refuse("meter", SocketError.TryAgain);
        await Assert.ThrowsAsync<SocketException>(() => _lookup.FindAsync("meter", within: null, Token));
    }

    [Fact]
    public async Task A_name_that_was_never_known_fails_as_the_name_server_says()
    {
        _server.Refuse("metre", SocketError.HostNotFound);

        var refused = await Assert.ThrowsAsync<SocketException>(() => _lookup.FindAsync("metre", within: null, Token));

        Assert.Equal(SocketError.HostNotFound, refused.SocketErrorCode);
    }

    [Theory]
    [InlineData("a name of more characters than any has")]
    [InlineData("no address")]
    public async Task What_is_no_name_is_not_found(string how)
    {
        string name = how.StartsWith('a') ? new string('a', 300) : "nothing";
        var lookup = new HostLookup(host => how.StartsWith('a') ? Dns.GetHostAddresses(host) : [], _time);

        var refused = await Assert.ThrowsAsync<SocketException>(() => lookup.FindAsync(name, within: null, Token));

        Assert.Equal(SocketError.HostNotFound, refused.SocketErrorCode);
    }

    [Fact]
    public async Task Whoever_gives_up_leaves_the_look_up_to_the_next()
    {
        _server.Hold("meter");
        using var patience = new CancellationTokenSource();
        var first = _lookup.FindAsync("meter", within: null, patience.Token);
        await patience.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);

        var second = _lookup.FindAsync("meter", within: null, Token);
        _server.Answer("meter", One);

        Assert.Equal([One], (await second.OrFail("the name is found")).All);
        Assert.Single(_server.Asked);
    }

    [Fact]
    public async Task Of_very_many_names_the_one_asked_for_longest_ago_is_forgotten()
    {
        await Know("hub");
        await Know("old");
        await Know("hub");
        for (int n = 2; n <= HostLookup.MaxHosts; n++) await Know($"host{n}");

        _server.Refuse("hub", SocketError.TryAgain);
        Assert.True((await _lookup.FindAsync("hub", within: null, Token).OrFail("the name is answered")).AreRemembered);
        _server.Refuse("old", SocketError.TryAgain);
        await Assert.ThrowsAsync<SocketException>(() => _lookup.FindAsync("old", within: null, Token));

        async Task Know(string name)
        {
            _server.Answer(name, One);
            await _lookup.FindAsync(name, within: null, Token).OrFail("the name is found");
        }
    }

    /// <summary>Answers when the test says so, each name apart.</summary>
    private sealed class NameServer : IDisposable
    {
        private readonly ConcurrentDictionary<string, Held> _names = new(StringComparer.OrdinalIgnoreCase);
        private readonly SemaphoreSlim _begun = new(0);

        public ConcurrentQueue<(string Name, bool OnPool)> Asked { get; } = [];

        public IPAddress[] Resolve(string name)
        {
            Asked.Enqueue((name, Thread.CurrentThread.IsThreadPoolThread));
            _begun.Release();
            var held = _names[name];
            held.Gate.Wait(TestContext.Current.CancellationToken);
            var (addresses, error) = held.Says;
            return error == SocketError.Success ? addresses : throw new SocketException((int)error);
        }

        public Task Begins() => _begun.WaitAsync(TestContext.Current.CancellationToken);

        public void Hold(string name) => _names[name] = new Held();

        public void Answer(string name, params IPAddress[] addresses) => Say(name, addresses, SocketError.Success);

        public void Refuse(string name, SocketError error) => Say(name, [], error);

        public void Dispose()
        {
            foreach (var held in _names.Values) held.Gate.Set();
            _begun.Dispose();
        }

        private void Say(string name, IPAddress[] addresses, SocketError error)
        {
            // One that is held goes on; one that has been answered begins anew.
            var held = _names.GetOrAdd(name, _ => new Held());
            if (held.Gate.IsSet) _names[name] = held = new Held();
            held.Says = (addresses, error);
            held.Gate.Set();
        }

        private sealed class Held
        {
            public ManualResetEventSlim Gate { get; } = new();

            public (IPAddress[] Addresses, SocketError Error) Says { get; set; }
        }
    }
}
