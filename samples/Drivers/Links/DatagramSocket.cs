using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using BridgeFramework;
using Microsoft.Extensions.Logging;

namespace Example.Links;

/// <summary>One local UDP port: takes datagrams from anybody and sends datagrams to whom it was heard from.</summary>
/// <remarks>One caller at a time may receive; sending is safe from any thread meanwhile. Receiving allocates nothing in steady state.</remarks>
public sealed partial class DatagramSocket : IDisposable
{
    // The longest that there can be: none is cut short, and none is an error of the socket.
    private readonly byte[] _buffer = GC.AllocateUninitializedArray<byte>(ushort.MaxValue + 1);
    private readonly Socket _socket;
    private readonly SocketAddress _sender;

    private DatagramSocket(Socket socket)
    {
        _socket = socket;
        _sender = new SocketAddress(socket.AddressFamily);
    }

    /// <summary>Opens a port and logs which.</summary>
    /// <param name="address">The local address: <c>0.0.0.0</c> for all of IPv4, <c>127.0.0.1</c> for this machine only.</param>
    /// <param name="port">1 to 65535, or 0 for a free one, which the log names.</param>
    /// <param name="logger">Takes one line.</param>
    /// <exception cref="DriverException">The address is none; not transient.</exception>
    /// <exception cref="LinkDownException">The port cannot be opened; the message says why and what to check.</exception>
    public static DatagramSocket Bind(string address, int port, ILogger logger)
    {
        if (!IPAddress.TryParse(address, out var local))
            throw new DriverException($"'{address}' is no IP address to listen on: expected one such as 0.0.0.0 or 127.0.0.1.") { IsTransient = false };
#pragma warning disable IDISP001 // Owned by what is returned; otherwise disposed below.
        var socket = new Socket(local.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
#pragma warning restore IDISP001
        try
        {
            socket.Bind(new IPEndPoint(local, port));
            LogListening(logger, socket.LocalEndPoint);
            return new DatagramSocket(socket);
        }
        catch (SocketException e)
        {
            socket.Dispose();
            throw new LinkDownException($"UDP port {port} of {address} cannot be opened: {e.Message}. Check that no other program or channel has it.", e);
        }
    }

    /// <summary>Waits for a datagram.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The datagram, 0 to 65507 bytes; valid until the next call.</returns>
    /// <exception cref="LinkDownException">The port broke.</exception>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<ReadOnlyMemory<byte>> ReceiveAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                int length = await _socket.ReceiveFromAsync(_buffer, SocketFlags.None, _sender, cancellationToken);
                return _buffer.AsMemory(0, length);
            }
            catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionReset)
            {
                // Windows says so here when a datagram that was sent before found nobody. Whoever comes next may still be heard.
            }
            catch (SocketException e)
            {
                throw new LinkDownException($"UDP port {_socket.LocalEndPoint} broke: {e.Message}.", e);
            }
        }
    }

    /// <summary>Copies the address that the last datagram came from, to answer it.</summary>
    public SocketAddress CopySender()
    {
        var copy = new SocketAddress(_sender.Family, _sender.Size);
        _sender.Buffer.Span[.._sender.Size].CopyTo(copy.Buffer.Span);
        return copy;
    }

    /// <summary>Sends a datagram. That it was sent does not mean that it arrives.</summary>
    /// <param name="datagram">At most 65507 bytes.</param>
    /// <param name="to">The address.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="LinkDownException">It cannot be sent: no way there, or too long.</exception>
    public async ValueTask SendAsync(ReadOnlyMemory<byte> datagram, SocketAddress to, CancellationToken cancellationToken)
    {
        try
        {
            await _socket.SendToAsync(datagram, SocketFlags.None, to, cancellationToken);
        }
        catch (SocketException e)
        {
            throw new LinkDownException($"A datagram of {datagram.Length} bytes cannot be sent from UDP port {_socket.LocalEndPoint}: {e.Message}.", e);
        }
    }

    /// <summary>Closes the port.</summary>
    public void Dispose() => _socket.Dispose();

    [LoggerMessage(5004, LogLevel.Information, "Listening for datagrams on UDP {Endpoint}")]
    private static partial void LogListening(ILogger logger, EndPoint? endpoint);
}
