using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using MQTTnet;

namespace BridgeFramework.IotHub;

/// <summary>Whom a TLS connection trusts: the chain always, the host name unless told otherwise.</summary>
internal sealed class TlsTrust : IDisposable
{
    private readonly HubEndpoint _endpoint;
    private readonly X509Certificate2Collection? _roots;
    private readonly X509Certificate2? _clientCertificate; // the caller's

    private TlsTrust(HubEndpoint endpoint, X509Certificate2Collection? roots, X509Certificate2? clientCertificate)
    {
        _endpoint = endpoint;
        _roots = roots;
        _clientCertificate = clientCertificate;
    }

    /// <exception cref="HubConnectException">The CA file cannot be read or holds no certificate.</exception>
    public static TlsTrust Load(HubEndpoint endpoint, X509Certificate2? clientCertificate)
    {
        if (endpoint.CaFile is not { } file) return new TlsTrust(endpoint, roots: null, clientCertificate);
        var roots = new X509Certificate2Collection();
        try
        {
            roots.ImportFromPemFile(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw new HubConnectException(HubFaultKind.TlsFailed, $"CA file '{file}' cannot be read: {e.Message}", e);
        }

        return roots.Count > 0
            ? new TlsTrust(endpoint, roots, clientCertificate)
            : throw new HubConnectException(HubFaultKind.TlsFailed, $"CA file '{file}' holds no PEM certificate.");
    }

    public void Configure(MqttClientTlsOptionsBuilder tls)
    {
        tls.UseTls()
            .WithTargetHost(_endpoint.Host)
            .WithSslProtocols(SslProtocols.Tls12 | SslProtocols.Tls13)
            // The vendor's own root publishes no revocation list that a gateway could reach.
            .WithRevocationMode(X509RevocationMode.NoCheck)
            .WithCertificateValidationHandler(IsTrusted);
        if (_roots is not null) tls.WithTrustChain(_roots);
        if (_clientCertificate is not null) tls.WithClientCertificates([_clientCertificate]);
    }

    public void Dispose()
    {
        foreach (var root in _roots ?? []) root.Dispose();
    }

    // The chain was built against our roots; only a wrong name may be forgiven, and only when told so.
    private bool IsTrusted(MqttClientCertificateValidationEventArgs presented)
    {
        var errors = presented.SslPolicyErrors;
        if (!_endpoint.VerifyHostName) errors &= ~SslPolicyErrors.RemoteCertificateNameMismatch;
        return errors == SslPolicyErrors.None;
    }
}
