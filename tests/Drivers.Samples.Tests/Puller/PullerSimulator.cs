using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using BridgeFramework.Testing;

namespace BridgeFramework.Drivers.Samples.Tests.Puller;

/// <summary>A device that pulls its firmware. It does nothing by itself: a test has it say and take one datagram after another.</summary>
internal sealed class PullerSimulator(string name, IPEndPoint driver) : IDisposable
{
    private readonly UdpClient _client = Connect(driver);
    private readonly SortedDictionary<int, byte[]> _blocks = [];
    private string _digest = "";
    private int _size;
    private int _blockSize;
    private string _offered = "";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public string Version { get; set; } = "1.0";

    /// <summary>The next block it lacks.</summary>
    public int Next => _blocks.Count;

    public bool IsComplete => _blocks.Count * _blockSize >= _size;

    public void Dispose() => _client.Dispose();

    public async Task SayAsync(string what) => await _client.SendAsync(Encoding.ASCII.GetBytes($"{name} {what}"), Ct);

    public async Task<byte[]> HearAsync(string what) => (await _client.ReceiveAsync(Ct).AsTask().OrFail($"{name} hears {what}")).Buffer;

    /// <summary>Takes an offer: a new image begins at block 0, one it knows goes on.</summary>
    public async Task TakeOfferAsync()
    {
        string[] words = Encoding.ASCII.GetString(await HearAsync("an offer")).Split(' ');
        Assert.Equal("offer", words[0]);
        if (words[1] != _digest) _blocks.Clear();
        _digest = words[1];
        _size = int.Parse(words[2], CultureInfo.InvariantCulture);
        _blockSize = int.Parse(words[3], CultureInfo.InvariantCulture);
        _offered = words[4];
    }

    public Task AskAsync(int block) => SayAsync($"block {_digest} {block}");

    public async Task PullAsync()
    {
        await AskAsync(Next);
        byte[] data = await HearAsync($"block {Next}");
        byte[] header = Encoding.ASCII.GetBytes($"data {_digest} {Next} ");
        Assert.Equal(header, data[..header.Length]);
        _blocks[Next] = data[header.Length..];
    }

    /// <summary>Checks what it has: starts it, or says what is wrong with it.</summary>
    public async Task VerifyAsync()
    {
        await AskAsync(Next);
        byte[] image = [.. _blocks.Values.SelectMany(block => block)];
        bool right = image.Length == _size && Convert.ToHexStringLower(SHA256.HashData(image)) == _digest;
        if (right) Version = _offered;
        await SayAsync(right ? $"idle {Version}" : $"failed {Version} {_digest} wrong-digest");
    }

    private static UdpClient Connect(IPEndPoint driver)
    {
        var client = new UdpClient();
        client.Connect(driver);
        return client;
    }
}
