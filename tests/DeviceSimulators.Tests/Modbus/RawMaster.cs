using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace BridgeFramework.DeviceSimulators.Tests;

/// <summary>A master that sends and receives bytes and has no opinion of them.</summary>
internal sealed class RawMaster : IDisposable
{
    // Guards against a test that waits for ever; never the thing under test.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };

    public static Task<RawMaster> ConnectAsync(ModbusSlave slave) => ConnectAsync(slave.Port);

    public static async Task<RawMaster> ConnectAsync(int port)
    {
        var master = new RawMaster();
        try
        {
            await master._socket.ConnectAsync(IPAddress.Loopback, port, TestContext.Current.CancellationToken);
            return master;
        }
        catch
        {
            master.Dispose();
            throw;
        }
    }

    public void Dispose() => _socket.Dispose();

    /// <summary>Sends bytes given as hexadecimal; blanks are ignored.</summary>
    public async Task SendAsync(string hex) =>
        await _socket.SendAsync(Bytes(hex), TestContext.Current.CancellationToken);

    /// <summary>Sends a PDU to a unit with a transaction id.</summary>
    public Task SendAsync(ushort transactionId, byte unit, string pdu)
    {
        byte[] body = Bytes(pdu);
        var adu = new byte[7 + body.Length];
        BinaryPrimitives.WriteUInt16BigEndian(adu, transactionId);
        BinaryPrimitives.WriteUInt16BigEndian(adu.AsSpan(4), (ushort)(body.Length + 1));
        adu[6] = unit;
        body.CopyTo(adu, 7);
        return SendAsync(Convert.ToHexString(adu));
    }

    /// <summary>Receives exactly so many bytes, as hexadecimal.</summary>
    public async Task<string> ReceiveAsync(int count)
    {
        var buffer = new byte[count];
        for (int filled = 0; filled < count;)
        {
            int read = await ReceiveAsync(buffer.AsMemory(filled), $"{count} bytes, got {filled}");
            Assert.True(read > 0, $"The slave closed after {filled} of {count} bytes: {Convert.ToHexString(buffer, 0, filled)}.");
            filled += read;
        }
        return Convert.ToHexString(buffer);
    }

    /// <summary>Receives one answer and gives its PDU as hexadecimal.</summary>
    public async Task<string> ReceivePduAsync()
    {
        byte[] head = Convert.FromHexString(await ReceiveAsync(7));
        return await ReceiveAsync(BinaryPrimitives.ReadUInt16BigEndian(head.AsSpan(4)) - 1);
    }

    /// <summary>One request and the PDU of its answer.</summary>
    public async Task<string> AskAsync(byte unit, string pdu)
    {
        await SendAsync(1, unit, pdu);
        return await ReceivePduAsync();
    }

    /// <summary>Waits for the slave to close the connection.</summary>
    public async Task ClosedAsync()
    {
        try
        {
            int read = await ReceiveAsync(new byte[1], "the end of the connection");
            Assert.True(read == 0, "The slave sent a byte where it should have closed.");
        }
        catch (SocketException)
        {
            // A reset is an end too.
        }
    }

    private async Task<int> ReceiveAsync(Memory<byte> buffer, string what)
    {
        using var guard = new CancellationTokenSource(Patience, TimeProvider.System);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(guard.Token, TestContext.Current.CancellationToken);
        try
        {
            return await _socket.ReceiveAsync(buffer, both.Token);
        }
        catch (OperationCanceledException late) when (guard.IsCancellationRequested)
        {
            throw new TimeoutException($"Waited {Patience.TotalSeconds} s for {what}.", late);
        }
    }

    private static byte[] Bytes(string hex) => Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal));
}
