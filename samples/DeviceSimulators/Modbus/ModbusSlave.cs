using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;

namespace BridgeFramework.DeviceSimulators;

/// <summary>
/// A Modbus TCP slave: several units behind one port, faults at the turn of a switch. It answers one request after
/// another on each connection, as most devices do. Safe to use from any thread.
/// </summary>
/// <example><code>
/// await using var slave = ModbusSlave.Start();
/// var meter = slave.AddUnit(1);
/// meter.Holding.SetFloat32(0, 230.1f);
/// // ... a master connects to slave.Port and writes ...
/// ModbusWrite write = await slave.Writes.ReadAsync(cancellationToken);
/// </code></example>
public sealed class ModbusSlave : IAsyncDisposable
{
    /// <summary>How many writes and requests are kept for a reader that is slow or absent; then the oldest goes.</summary>
    public const int HistoryLength = 1024;

    private readonly ModbusSlaveOptions _options;
    private readonly ConcurrentDictionary<byte, ModbusUnit> _units = new();
    private readonly FaultPlan _faults = new();
    private readonly Channel<ModbusWrite> _writes = History<ModbusWrite>();
    private readonly Channel<ModbusRequest> _requests = History<ModbusRequest>();
    private readonly Lock _lock = new();
    private readonly Dictionary<SlaveConnection, Task> _connections = [];
    private Socket? _listener;
    private Task _accepting = Task.CompletedTask;
    private bool _disposed;

    private ModbusSlave(ModbusSlaveOptions options)
    {
        if (options.MaxConnections < 1)
            throw new ArgumentOutOfRangeException(nameof(options), options.MaxConnections, "A slave serves at least one connection.");
        _options = options;
        EndPoint = new IPEndPoint(options.Address, options.Port);
    }

    /// <summary>Starts a slave without units; it listens when this returns.</summary>
    /// <exception cref="SocketException">The port is taken or not allowed.</exception>
    public static ModbusSlave Start(ModbusSlaveOptions? options = null)
    {
        var slave = new ModbusSlave(options ?? new ModbusSlaveOptions());
        slave.ComeBack();
        return slave;
    }

    /// <summary>Where it listens, also while it is away.</summary>
    public IPEndPoint EndPoint { get; private set; }

    /// <summary>The TCP port, the one found when 0 was asked for.</summary>
    public int Port => EndPoint.Port;

    /// <summary>The units, in no order.</summary>
    public IReadOnlyCollection<ModbusUnit> Units => [.. _units.Values];

    /// <summary>What masters wrote, in the order carried out. Keeps the last <see cref="HistoryLength"/>.</summary>
    public ChannelReader<ModbusWrite> Writes => _writes.Reader;

    /// <summary>What masters asked, in order of arrival, faults notwithstanding. Keeps the last <see cref="HistoryLength"/>.</summary>
    public ChannelReader<ModbusRequest> Requests => _requests.Reader;

    /// <summary>Connections open now.</summary>
    public int ConnectionCount
    {
        get { lock (_lock) return _connections.Count; }
    }

    /// <summary>Adds a unit without values.</summary>
    /// <exception cref="InvalidOperationException">The unit exists.</exception>
    public ModbusUnit AddUnit(byte id)
    {
        var unit = new ModbusUnit(id, _options.Time);
        return _units.TryAdd(id, unit) ? unit : throw new InvalidOperationException($"Unit {id} exists already on port {Port}.");
    }

    /// <summary>The unit with an id.</summary>
    /// <exception cref="KeyNotFoundException">There is none.</exception>
    public ModbusUnit this[byte id] =>
        _units.TryGetValue(id, out var unit) ? unit
            : throw new KeyNotFoundException($"There is no unit {id} on port {Port}: add it first.");

    /// <summary>Puts a fault in force, behind those that are. The oldest that concerns a request spoils it, alone.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><see cref="ModbusFault.Times"/> below 1 or a negative delay.</exception>
    public void Inject(ModbusFault fault) => _faults.Add(fault);

    /// <summary>From now on all goes well; an answer that is being delayed still is.</summary>
    public void ClearFaults() => _faults.Clear();

    /// <summary>Closes the connections there are; new ones are welcome.</summary>
    public void DropConnections()
    {
        lock (_lock)
        {
            foreach (var connection in _connections.Keys) connection.Abort();
        }
    }

    /// <summary>Closes all connections and refuses new ones, as a device without power. Harmless when it is away already.</summary>
    public void GoAway()
    {
        lock (_lock)
        {
            _listener?.Dispose();
            _listener = null;
        }
        DropConnections();
    }

    /// <summary>Listens again on the same port. Harmless when it does.</summary>
    /// <exception cref="SocketException">Another program has taken the port meanwhile.</exception>
    public void ComeBack()
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (_listener is not null) return;
            var listener = new Socket(EndPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                listener.Bind(EndPoint);
                listener.Listen();
            }
            catch
            {
                listener.Dispose();
                throw;
            }
            EndPoint = (IPEndPoint)listener.LocalEndPoint!; // bound above
#pragma warning disable IDISP003 // Null: an earlier listener was disposed when it went away.
            _listener = listener;
#pragma warning restore IDISP003
            _accepting = Task.WhenAll(_accepting, AcceptAsync(listener));
        }
    }

    /// <summary>Closes everything and ends <see cref="Writes"/> and <see cref="Requests"/>.</summary>
    public async ValueTask DisposeAsync()
    {
        Task accepting;
        lock (_lock)
        {
            _disposed = true;
            accepting = _accepting;
        }
        GoAway();
        await accepting;
        Task[] serving;
        lock (_lock) serving = [.. _connections.Values];
        DropConnections();
        await Task.WhenAll(serving);
        _writes.Writer.TryComplete();
        _requests.Writer.TryComplete();
    }

    private async Task AcceptAsync(Socket listener)
    {
        while (true)
        {
            try
            {
                Welcome(await listener.AcceptAsync(), listener);
            }
            catch (Exception error) when (error is SocketException or ObjectDisposedException)
            {
                // Either we went away, or a master did before it was accepted.
                lock (_lock)
                {
                    if (_listener != listener) return;
                }
            }
        }
    }

    private void Welcome(Socket socket, Socket listener)
    {
        lock (_lock)
        {
            // The listener may have been closed with this connection already accepted.
            var connection = new SlaveConnection(socket, this);
            if (_listener == listener && _connections.Count < _options.MaxConnections)
                _connections.Add(connection, ServeAsync(connection));
            else
                connection.Dispose();
        }
    }

    private async Task ServeAsync(SlaveConnection connection)
    {
        // The caller holds the lock and has yet to note this task down.
        await Task.Yield();
        await connection.RunAsync();
        // Out of sight first: nobody aborts what is disposed.
        lock (_lock) _connections.Remove(connection);
#pragma warning disable IDISP007 // Handed over by Welcome: this task outlives it.
        connection.Dispose();
#pragma warning restore IDISP007
    }

    internal TimeProvider Time => _options.Time;

    internal ModbusFault? Note(ModbusRequest request)
    {
        _requests.Writer.TryWrite(request);
        return _faults.TakeFor(request.Unit, request.FunctionCode);
    }

    /// <summary>Carries a request out, or refuses it.</summary>
    /// <returns>The length of the answer's PDU; 0 when nobody is there to answer.</returns>
    internal int Execute(byte unitId, ReadOnlySpan<byte> request, ModbusFault? fault, Span<byte> answer)
    {
        if (!_units.TryGetValue(unitId, out var unit))
            return _options.UnknownUnit is { } code ? Responder.Refuse(request[0], code, answer) : 0;
        if (unit.PoweredOff) return 0;
        if (fault?.Exception is { } exception) return Responder.Refuse(request[0], exception, answer);
        var responder = new Responder(unit, request, answer);
        int length = responder.Answer();
        if (responder.Write is { } write) _writes.Writer.TryWrite(write);
        return length;
    }

    private static Channel<T> History<T>() =>
        Channel.CreateBounded<T>(new BoundedChannelOptions(HistoryLength) { FullMode = BoundedChannelFullMode.DropOldest });
}
