using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using BridgeFramework.Modbus;

namespace BridgeFramework.Benchmarks;

/// <summary>The driver's connection: framing, transaction ids, deadlines, checks of the answer, ten registers taken.</summary>
internal sealed class ConnectionContender : Contender
{
    private readonly CancellationTokenSource _stopping = new();
    private readonly TcpClient _client = new(AddressFamily.InterNetwork) { NoDelay = true };
    private readonly ModbusTcpConnection _connection;
    private readonly TenRegisters _read = new();
    private readonly Task _running;

    private ConnectionContender(int port)
    {
        // Connected here and not by an async call, so that the fields are complete; loopback takes no time.
        _client.Connect(IPAddress.Loopback, port);
#pragma warning disable IDISP004 // The connection closes the stream.
        _connection = new ModbusTcpConnection(_client.GetStream(), 1, TimeSpan.FromSeconds(1), TimeProvider.System);
#pragma warning restore IDISP004
        _running = _connection.RunAsync(() => { }, _stopping.Token);
    }

    public override string Name => "ModbusTcpConnection, one request outstanding";

    public static ConnectionContender Connect(int port) => new(port);

    public override async Task<long> RunAsync(Round round)
    {
        long count = 0;
        for (; !round.IsOver; count++)
        {
            var outcome = await _connection.ExecuteAsync(_read);
            if (!outcome.IsDone) throw new InvalidOperationException($"Request {count} ended as {outcome}.");
        }

        return count;
    }

    public override async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _connection.Dispose();
        _client.Dispose();
        _stopping.Dispose();
    }

    private sealed class TenRegisters : ModbusRequest
    {
        private const int Count = 10;
        private readonly ushort[] _values = new ushort[Count];

        public override byte Unit => 1;

        public override FunctionCode Function => FunctionCode.ReadHoldingRegisters;

        public override int WritePdu(Span<byte> pdu) => ReadPdu.WriteRequest(pdu, Function, 0, Count);

        public override bool IsAnswer(ReadOnlySpan<byte> pdu) => ReadPdu.TryReadAnswer(pdu, Function, Count, out _);

        public override void Accept(ReadOnlySpan<byte> pdu)
        {
            if (!ReadPdu.TryReadAnswer(pdu, Function, Count, out var data)) return;
            for (int i = 0; i < Count; i++) _values[i] = BinaryPrimitives.ReadUInt16BigEndian(data[(2 * i)..]);
        }
    }
}
