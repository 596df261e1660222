using System.Collections.Concurrent;
using System.Text;
using BridgeFramework;
using BridgeFramework.Drivers;

namespace Example.Links;

/// <summary>Devices that send datagrams of text to one port, each beginning with its name: <c>name what it says</c>.</summary>
/// <remarks>Keeps who is where and who is present. Safe to call from any thread.</remarks>
/// <param name="channel">Is told who is present, and shown what was received.</param>
/// <param name="socket">The port; disposed by whoever opened it.</param>
/// <param name="absentAfter">The longest silence of a device that is present.</param>
/// <param name="time">The clock.</param>
public sealed class DatagramPeers(IChannel channel, DatagramSocket socket, TimeSpan absentAfter, TimeProvider time)
{
    /// <summary>The longest datagram that is looked at, in bytes: whoever sends more is none of these devices.</summary>
    public const int MaxLength = 512;

    private readonly ConcurrentDictionary<string, DatagramPeer> _peers = new(StringComparer.Ordinal);
    private readonly SilenceWatch _silence = new(channel, absentAfter, time);

    /// <summary>The channel.</summary>
    public IChannel Channel => channel;

    /// <summary>Adds a sub-device. It is absent when it is not heard of for too long from now on.</summary>
    /// <param name="name">What it calls itself.</param>
    /// <param name="device">One of the channel.</param>
    /// <exception cref="DriverException">Another one has that name; not transient.</exception>
    public void Add(string name, SubDevice device)
    {
        if (!_peers.TryAdd(name, new DatagramPeer(device, socket, time)))
            throw new DriverException($"{device} has the name '{name}' of another sub-device: give it its own.") { IsTransient = false };
        _silence.Add(device);
    }

    /// <summary>Removes a sub-device; harmless where there is none.</summary>
    /// <param name="name">What it calls itself.</param>
    public void Remove(string name)
    {
        if (_peers.TryRemove(name, out var peer)) _silence.Remove(peer.Device);
    }

    /// <summary>Gives the sub-device of a name, or <see langword="null"/>.</summary>
    /// <param name="name">What it calls itself.</param>
    public DatagramPeer? Find(string name) => _peers.GetValueOrDefault(name);

    /// <summary>Receives until asked to stop.</summary>
    /// <param name="hear">
    /// Hears each datagram as words, at least the name, of known sub-devices and of anybody else. Says whether a known one really
    /// spoke: it is present then, its address is noted and its listeners are told. Called one after another; what it throws ends the loop.
    /// </param>
    /// <param name="stopping">Asks to end.</param>
    /// <exception cref="OperationCanceledException">The normal end.</exception>
    public Task RunAsync(Func<string[], CancellationToken, ValueTask<bool>> hear, CancellationToken stopping) =>
        Loops.RunTogetherAsync([token => ReceiveAsync(hear, token), _silence.RunAsync], stopping);

    private async Task ReceiveAsync(Func<string[], CancellationToken, ValueTask<bool>> hear, CancellationToken stopping)
    {
        while (true)
        {
            var datagram = await socket.ReceiveAsync(stopping);
            channel.RecordFrame(FrameDirection.Received, datagram.Span);
            if (datagram.Length > MaxLength) continue;
            string[] words = Encoding.ASCII.GetString(datagram.Span).Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            if (words.Length == 0 || !await hear(words, stopping) || Find(words[0]) is not { } peer) continue;
            _silence.Heard(peer.Device);
            peer.Hear(words);
        }
    }
}
