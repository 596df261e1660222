using System.Net;
using System.Text;
using BridgeFramework;

namespace Example.Links;

/// <summary>A sub-device that talks in datagrams of text, at an address that is known only from what it sends.</summary>
/// <remarks>One of <see cref="DatagramPeers"/>. Safe to call from any thread.</remarks>
public sealed class DatagramPeer
{
    private readonly DatagramSocket _socket;
    private readonly TimeProvider _time;
    private readonly Lock _gate = new();
    private readonly List<PeerListener> _listeners = [];
    private volatile SocketAddress? _address;

    internal DatagramPeer(SubDevice device, DatagramSocket socket, TimeProvider time) => (Device, _socket, _time) = (device, socket, time);

    /// <summary>The sub-device.</summary>
    public SubDevice Device { get; }

    /// <summary>Begins to listen to what the device says from now on.</summary>
    public PeerListener Listen()
    {
        var listener = new PeerListener(_time, Forget);
        lock (_gate) _listeners.Add(listener);
        return listener;
    }

    /// <summary>Sends a datagram of text. That it was sent does not mean that it arrives.</summary>
    /// <param name="message">ASCII.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="DeviceUnreachableException">Nothing was heard of the device in this run: nobody knows where it is.</exception>
    /// <exception cref="LinkDownException">It cannot be sent.</exception>
    public ValueTask SendAsync(string message, CancellationToken cancellationToken) => SendAsync(Encoding.ASCII.GetBytes(message), cancellationToken);

    /// <summary>Sends a datagram. That it was sent does not mean that it arrives.</summary>
    /// <param name="datagram">At most 65507 bytes.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="DeviceUnreachableException">Nothing was heard of the device in this run: nobody knows where it is.</exception>
    /// <exception cref="LinkDownException">It cannot be sent.</exception>
    public ValueTask SendAsync(ReadOnlyMemory<byte> datagram, CancellationToken cancellationToken) =>
        _address is { } address
            ? _socket.SendAsync(datagram, address, cancellationToken)
            : throw new DeviceUnreachableException($"{Device} was not heard of yet, so nobody knows its address. Check that it has power and sends to this port.");

    /// <summary>
    /// Asks a device that sleeps. The question is held until the device says anything, which means that it is awake; it is sent
    /// then, and again whenever the device speaks without answering: let it carry a number, and the device do one number once.
    /// </summary>
    /// <param name="question">ASCII.</param>
    /// <param name="isAnswer">Whether what it says answers the question.</param>
    /// <param name="cancellationToken">Gives up: the deadline of a command.</param>
    /// <returns>The answer, as words with its name first; <see langword="null"/> when it gave up after the question was sent, so that nobody knows what became of it.</returns>
    /// <exception cref="DeviceUnreachableException">Gave up, and it did not wake up before: the question was not sent and never will be.</exception>
    /// <exception cref="LinkDownException">It cannot be sent.</exception>
    public async Task<string[]?> AskWhenAwakeAsync(string question, Func<string[], bool> isAnswer, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(isAnswer);
        using var listener = Listen();
        bool sent = false;
        try
        {
            while (true)
            {
                string[] said = await listener.NextAsync(Timeout.InfiniteTimeSpan, cancellationToken) ?? [];
                if (isAnswer(said)) return said;
                sent = true;
                await SendAsync(question, cancellationToken);
            }
        }
        catch (OperationCanceledException e)
        {
            return sent ? null : throw new DeviceUnreachableException($"{Device} did not wake up in time: '{question}' was not sent.", e);
        }
    }

    /// <summary>Notes where the latest datagram came from, and hands what it said to those who listen.</summary>
    internal void Hear(string[] words)
    {
        _address = _socket.CopySender();
        lock (_gate)
            foreach (var listener in _listeners) listener.Hear(words);
    }

    private void Forget(PeerListener listener)
    {
        lock (_gate) _listeners.Remove(listener);
    }
}
