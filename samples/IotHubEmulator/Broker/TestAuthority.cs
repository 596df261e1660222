using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace BridgeFramework.IotHubEmulator;

/// <summary>A certificate authority made for one hub and forgotten with it, and the server certificate it issued.</summary>
internal sealed class TestAuthority : IDisposable
{
    // Fixed, so that a hub with a simulated clock is still valid for clients with a real one.
    private static readonly DateTimeOffset NotBefore = new(2020, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset NotAfter = new(2099, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private TestAuthority(string certificatePem, X509Certificate2 server) => (CertificatePem, Server) = (certificatePem, server);

    /// <summary>What a client takes as its CA file.</summary>
    public string CertificatePem { get; }

    public X509Certificate2 Server { get; }

    public static TestAuthority Create(IPAddress address)
    {
        using var authorityKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var authorityRequest = new CertificateRequest("CN=IoT Hub emulator test authority", authorityKey, HashAlgorithmName.SHA256);
        authorityRequest.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        authorityRequest.CertificateExtensions.Add(
            new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
        using var authority = authorityRequest.CreateSelfSigned(NotBefore, NotAfter);

        using var serverKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var serverRequest = new CertificateRequest("CN=localhost", serverKey, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddDnsName("*.iotcloud.tencentdevices.com");
        names.AddIpAddress(address);
        serverRequest.CertificateExtensions.Add(names.Build());
        serverRequest.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        // server authentication
        serverRequest.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1")], false));
        using var issued = serverRequest.Create(authority, NotBefore, NotAfter, RandomNumberGenerator.GetBytes(16));
        return new TestAuthority(authority.ExportCertificatePem(), issued.CopyWithPrivateKey(serverKey));
    }

    public void Dispose() => Server.Dispose();
}
