using System.Buffers;
using System.Net.Sockets;

namespace BridgeFramework.DeviceSimulators;

/// <summary>One master's connection: a frame in, its answer out, then the next.</summary>
internal sealed class SlaveConnection(Socket socket, ModbusSlave slave) : IDisposable
{
    private readonly CancellationTokenSource _aborted = new();
    private readonly byte[] _received = new byte[2 * Mbap.MaxAduLength];
    private readonly byte[] _answer = new byte[Mbap.MaxAduLength];

    /// <summary>Ends the connection now, an answer under way included. Harmless when it has ended.</summary>
    public void Abort() => _aborted.Cancel();

    /// <summary>Closes the socket. Not before the run has ended.</summary>
    public void Dispose()
    {
#pragma warning disable IDISP007 // The slave accepted the socket for this connection alone and hands it over.
        socket.Dispose();
#pragma warning restore IDISP007
        _aborted.Dispose();
    }

    /// <summary>Serves until the master leaves, sends what is no Modbus, or <see cref="Abort"/>. Never throws.</summary>
    public async Task RunAsync()
    {
        try
        {
            socket.NoDelay = true;
            await ServeAsync(_aborted.Token);
        }
        catch (Exception error) when (error is SocketException or OperationCanceledException)
        {
            // The master is gone, or we are: nothing to answer any more.
        }
    }

    private async Task ServeAsync(CancellationToken aborted)
    {
        int filled = 0;
        while (true)
        {
            int read = await socket.ReceiveAsync(_received.AsMemory(filled), aborted);
            if (read == 0) return;
            filled += read;
            int consumed = 0;
            while (true)
            {
                var status = Mbap.TryRead(_received.AsSpan(consumed, filled - consumed), out var header);
                if (status == OperationStatus.InvalidData) return;
                if (status == OperationStatus.NeedMoreData) break;
                var request = new ModbusRequest(
                    header.TransactionId, header.Unit, _received.AsSpan(consumed + Mbap.Length, header.PduLength).ToArray());
                consumed += header.AduLength;
                if (!await AnswerAsync(request, aborted)) return;
            }
            _received.AsSpan(consumed, filled - consumed).CopyTo(_received);
            filled -= consumed;
        }
    }

    /// <returns>False when the connection is to be closed.</returns>
    private async Task<bool> AnswerAsync(ModbusRequest request, CancellationToken aborted)
    {
        var fault = slave.Note(request);
        int length = slave.Execute(request.Unit, request.Pdu.Span, fault, _answer.AsSpan(Mbap.Length));
        if (length == 0) return true;
        if (fault is null)
        {
            new Mbap(request.TransactionId, request.Unit, length).Write(_answer);
            await SendAsync(_answer.AsMemory(0, Mbap.Length + length), dribble: false, aborted);
            return true;
        }

        if (fault.Delay > TimeSpan.Zero) await Task.Delay(fault.Delay, slave.Time, aborted);
        if (!fault.Silent) await SpoilAsync(request, length, fault, aborted);
        return !fault.Close;
    }

    private async Task SpoilAsync(ModbusRequest request, int length, ModbusFault fault, CancellationToken aborted)
    {
        ushort transactionId = fault.WrongTransactionId ? (ushort)~request.TransactionId : request.TransactionId;
        byte unit = fault.WrongUnit ? (byte)~request.Unit : request.Unit;
        new Mbap(transactionId, unit, length).Write(_answer);
        var adu = _answer.AsMemory(0, Mbap.Length + length);
        if (!fault.Garbage.IsEmpty) await SendAsync(fault.Garbage, fault.Dribble, aborted);
        await SendAsync(fault.Half ? adu[..(adu.Length / 2)] : adu, fault.Dribble, aborted);
        if (fault.Duplicate) await SendAsync(adu, fault.Dribble, aborted);
    }

    private async Task SendAsync(ReadOnlyMemory<byte> bytes, bool dribble, CancellationToken aborted)
    {
        int piece = dribble ? 1 : bytes.Length;
        for (int sent = 0; sent < bytes.Length;)
            sent += await socket.SendAsync(bytes.Slice(sent, Math.Min(piece, bytes.Length - sent)), aborted);
    }
}
