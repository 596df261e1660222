using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using BridgeFramework.Testing;

namespace BridgeFramework.IotHub.Tests;

/// <summary>A hub that takes one connection after another and sends the bytes that a test says.</summary>
/// <param name="certificate">Its own; null for plain TCP.</param>
internal sealed class HubOfBytes(X509Certificate2? certificate) : IDisposable
{
    public static readonly byte[] ConnAck = [0x20, 0x02, 0x00, 0x00];
    private readonly TcpListener _listener = Listening();

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>Takes a connection and reads what the client says first.</summary>
    public async Task<Stream> AcceptAsync()
    {
#pragma warning disable IDISP001 // The stream that is returned owns them.
        var socket = await _listener.AcceptSocketAsync(Ct).AsTask().OrFail("a connection");
        var plain = new NetworkStream(socket, ownsSocket: true);
        var stream = certificate is null ? (Stream)plain : await SecureAsync(plain, certificate);
#pragma warning restore IDISP001
        Assert.NotEqual(0, await stream.ReadAsync(new byte[512], Ct).AsTask().OrFail("CONNECT"));
        return stream;
    }

    public void Dispose() => _listener.Dispose();

    private static async Task<Stream> SecureAsync(Stream plain, X509Certificate2 certificate)
    {
        var secure = new SslStream(plain);
        await secure.AuthenticateAsServerAsync(certificate).OrFail("the handshake");
        return secure;
    }

    private static TcpListener Listening()
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return listener;
    }
}
