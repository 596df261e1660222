using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;

namespace BridgeFramework.Modbus.Tests;

/// <summary>A Modbus TCP server on loopback that answers as it is told: by default from its tables, else by a script.</summary>
internal sealed class ModbusServer : IAsyncDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private readonly ConcurrentDictionary<TcpClient, bool> _clients = new();
    private readonly Channel<ServerRequest> _requests = Channel.CreateUnbounded<ServerRequest>();
    private readonly Channel<int> _connections = Channel.CreateUnbounded<int>();
    private TcpListener? _listener;
    private Task _accepting = Task.CompletedTask;
    private int _accepted;

    public ModbusServer(int port = 0)
    {
        Port = port;
        Start();
    }

    public int Port { get; private set; }

    public ushort[] Holding { get; } = new ushort[65536];

    public ushort[] Input { get; } = new ushort[65536];

    public bool[] Coils { get; } = new bool[65536];

    public bool[] Discretes { get; } = new bool[65536];

    /// <summary>The requests as they come, for tests to wait on.</summary>
    public ChannelReader<ServerRequest> Requests => _requests.Reader;

    /// <summary>The numbers of accepted connections as they come.</summary>
    public ChannelReader<int> Connections => _connections.Reader;

    /// <summary>Gives the bytes to send for a request; <see langword="null"/> for the tables' answer, empty for none.</summary>
    public Func<ServerRequest, byte[]?> Script { get; set; } = static _ => null;

    public void Start()
    {
        _listener?.Dispose();
        _listener = new TcpListener(IPAddress.Loopback, Port);
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _accepting = AcceptAsync(_listener);
    }

    /// <summary>Refuses connections and breaks those there are.</summary>
    public async Task StopAsync()
    {
        _listener?.Dispose();
        DropConnections();
        await _accepting;
    }

    public void DropConnections()
    {
        foreach (var client in _clients.Keys) client.Dispose();
    }

    public void SetHolding(int address, params ReadOnlySpan<ushort> words) => words.CopyTo(Holding.AsSpan(address));

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await StopAsync();
        _stopping.Dispose();
    }

    /// <summary>Gives what the tables answer.</summary>
    public byte[] Answer(ServerRequest request) => request.Frame(Execute(request.Pdu));

    private async Task AcceptAsync(TcpListener listener)
    {
        try
        {
            while (true)
            {
#pragma warning disable IDISP001 // ServeAsync disposes it.
                var client = await listener.AcceptTcpClientAsync(_stopping.Token);
#pragma warning restore IDISP001
                _clients.TryAdd(client, true);
                _connections.Writer.TryWrite(++_accepted);
                _ = ServeAsync(client);
            }
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // The listener was stopped.
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        try
        {
#pragma warning disable IDISP001, IDISP007 // Handed over by AcceptAsync; the client owns its stream.
            using (client)
            {
                client.NoDelay = true;
                var stream = client.GetStream();
#pragma warning restore IDISP001, IDISP007
                var header = new byte[7];
                while (true)
                {
                    await stream.ReadExactlyAsync(header, _stopping.Token);
                    var pdu = new byte[BinaryPrimitives.ReadUInt16BigEndian(header.AsSpan(4)) - 1];
                    await stream.ReadExactlyAsync(pdu, _stopping.Token);
                    var request = new ServerRequest(BinaryPrimitives.ReadUInt16BigEndian(header), header[6], pdu);
                    byte[] answer = Script(request) ?? Answer(request);
                    _requests.Writer.TryWrite(request);
                    if (answer.Length > 0) await stream.WriteAsync(answer, _stopping.Token);
                }
            }
        }
        catch (Exception e) when (e is IOException or SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // The client went away, or the test is over.
        }
        finally
        {
            _clients.TryRemove(client, out _);
        }
    }

    private byte[] Execute(byte[] pdu)
    {
        int address = BinaryPrimitives.ReadUInt16BigEndian(pdu.AsSpan(1));
        int word = BinaryPrimitives.ReadUInt16BigEndian(pdu.AsSpan(3));
        switch (pdu[0])
        {
            case 1 or 2:
                var bits = (pdu[0] == 1 ? Coils : Discretes).AsSpan(address, word);
                var packed = new byte[(word + 7) / 8];
                for (int i = 0; i < word; i++) if (bits[i]) packed[i / 8] |= (byte)(1 << i % 8);
                return [pdu[0], (byte)packed.Length, .. packed];
            case 3 or 4:
                var words = (pdu[0] == 3 ? Holding : Input).AsSpan(address, word);
                var data = new byte[2 * word];
                for (int i = 0; i < word; i++) BinaryPrimitives.WriteUInt16BigEndian(data.AsSpan(2 * i), words[i]);
                return [pdu[0], (byte)data.Length, .. data];
            case 5:
                Coils[address] = word == 0xFF00;
                return pdu;
            case 6:
                Holding[address] = (ushort)word;
                return pdu;
            case 0x0F:
                for (int i = 0; i < word; i++) Coils[address + i] = (pdu[6 + i / 8] >> i % 8 & 1) != 0;
                return pdu[..5];
            case 0x10:
                for (int i = 0; i < word; i++) Holding[address + i] = BinaryPrimitives.ReadUInt16BigEndian(pdu.AsSpan(6 + 2 * i));
                return pdu[..5];
            case 0x16:
                int or = BinaryPrimitives.ReadUInt16BigEndian(pdu.AsSpan(5));
                Holding[address] = (ushort)(Holding[address] & word | or & ~word);
                return pdu;
            default:
                return [(byte)(pdu[0] | 0x80), 1];
        }
    }
}

/// <summary>One request as the server saw it.</summary>
internal sealed record ServerRequest(ushort TransactionId, byte Unit, byte[] Pdu)
{
    public byte Function => Pdu[0];

    public int Address => BinaryPrimitives.ReadUInt16BigEndian(Pdu.AsSpan(1));

    public int Count => BinaryPrimitives.ReadUInt16BigEndian(Pdu.AsSpan(3));

    /// <summary>Frames an answer to this request.</summary>
    public byte[] Frame(byte[] pdu, ushort? transactionId = null, byte? unit = null)
    {
        int id = transactionId ?? TransactionId;
        int length = pdu.Length + 1;
        return [(byte)(id >> 8), (byte)id, 0, 0, (byte)(length >> 8), (byte)length, unit ?? Unit, .. pdu];
    }

    public byte[] Exception(byte code) => Frame([(byte)(Function | 0x80), code]);
}
