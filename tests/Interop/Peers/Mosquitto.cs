using System.Security.Cryptography.X509Certificates;

namespace BridgeFramework.Interop;

/// <summary>An MQTT broker that knows nothing of this project: Debian's mosquitto on a free port of loopback.</summary>
internal sealed class Mosquitto : IAsyncDisposable
{
    private readonly string _folder;
    private PeerProcess _process;

    private Mosquitto(int port, string folder, PeerProcess process) => (Port, _folder, _process) = (port, folder, process);

    public int Port { get; }

    /// <summary>Starts a broker for plain TCP, or for TLS with a certificate.</summary>
    public static async Task<Mosquitto> StartAsync(X509Certificate2? certificate = null)
    {
        string program = Peer.Find("mosquitto", "mosquitto");
        int port = PeerProcess.FreePort();
        var folder = Directory.CreateTempSubdirectory("bridge-mosquitto-");
        // Told to stay who it is: started by root it would change its user and could not read this folder.
        string configuration = $"listener {port} 127.0.0.1\nallow_anonymous true\npersistence false\nuser {Environment.UserName}\n";
        if (certificate is not null)
        {
            using var key = certificate.GetECDsaPrivateKey() ?? throw new ArgumentException(
                "The certificate has no ECDSA key.", nameof(certificate));
            await File.WriteAllTextAsync(Path.Combine(folder.FullName, "server.pem"), certificate.ExportCertificatePem());
            await File.WriteAllTextAsync(Path.Combine(folder.FullName, "server.key"), key.ExportPkcs8PrivateKeyPem());
            configuration += $"certfile {folder.FullName}/server.pem\nkeyfile {folder.FullName}/server.key\n";
        }

        await File.WriteAllTextAsync(Path.Combine(folder.FullName, "mosquitto.conf"), configuration);
        var broker = new Mosquitto(port, folder.FullName, Run(program, folder.FullName));
        await broker._process.AcceptingAsync(port);
        return broker;
    }

    /// <summary>Ends it as a crash would.</summary>
    public ValueTask KillAsync() => _process.DisposeAsync();

    /// <summary>Starts it again on the same port, with nothing remembered.</summary>
    public async Task RestartAsync()
    {
        await _process.DisposeAsync();
        _process = Run(Peer.Find("mosquitto", "mosquitto"), _folder);
        await _process.AcceptingAsync(Port);
    }

    public void Freeze() => _process.Freeze();

    public void Thaw() => _process.Thaw();

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private static PeerProcess Run(string program, string folder) =>
        PeerProcess.Start(program, ["-c", Path.Combine(folder, "mosquitto.conf")]);
}
