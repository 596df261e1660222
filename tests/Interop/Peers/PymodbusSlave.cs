namespace BridgeFramework.Interop;

/// <summary>A Modbus TCP slave by pymodbus; what it holds is written at the head of modbus_slave.py.</summary>
internal sealed class PymodbusSlave : IAsyncDisposable
{
    private PeerProcess _process;

    private PymodbusSlave(int port, PeerProcess process) => (Port, _process) = (port, process);

    public int Port { get; }

    public static async Task<PymodbusSlave> StartAsync()
    {
        await Peer.FindModuleAsync("pymodbus.server", "python3-pymodbus python3-serial-asyncio");
        int port = PeerProcess.FreePort();
        var slave = new PymodbusSlave(port, Run(port));
        await slave._process.AcceptingAsync(port);
        return slave;
    }

    /// <summary>Ends it as a power cut would.</summary>
    public ValueTask KillAsync() => _process.DisposeAsync();

    /// <summary>Starts it again on the same port, with the values it began with.</summary>
    public async Task RestartAsync()
    {
        await _process.DisposeAsync();
        _process = Run(Port);
        await _process.AcceptingAsync(Port);
    }

    public ValueTask DisposeAsync() => _process.DisposeAsync();

    private static PeerProcess Run(int port) => PeerProcess.Start(Peer.Python, [Peer.Script("modbus_slave.py"), $"{port}"]);
}
