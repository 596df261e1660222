using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace BridgeFramework.Benchmarks;

/// <summary>The same bytes to and fro over an async socket, with nothing looked at but their number.</summary>
internal sealed class RawSocketContender : Contender
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly byte[] _request = EchoSlave.Request.ToArray();
    private readonly byte[] _answer = new byte[EchoSlave.AnswerLength];
    private ushort _transactionId;

    private RawSocketContender()
    {
    }

    public override string Name => "raw async socket: SendAsync, ReceiveAsync";

    public static async Task<RawSocketContender> ConnectAsync(int port)
    {
        var contender = new RawSocketContender();
        await contender._socket.ConnectAsync(IPAddress.Loopback, port);
        return contender;
    }

    public override async Task<long> RunAsync(Round round)
    {
        long count = 0;
        for (; !round.IsOver; count++)
        {
            BinaryPrimitives.WriteUInt16BigEndian(_request, ++_transactionId);
            await _socket.SendAsync(_request);
            for (int filled = 0; filled < _answer.Length;)
            {
                int read = await _socket.ReceiveAsync(_answer.AsMemory(filled));
                if (read == 0) throw new InvalidOperationException("The slave closed the connection.");
                filled += read;
            }
        }

        return count;
    }

    public override ValueTask DisposeAsync()
    {
        _socket.Dispose();
        return ValueTask.CompletedTask;
    }
}
