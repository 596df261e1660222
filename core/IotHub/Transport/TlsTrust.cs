using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace BridgeFramework.IotHub;

/// <summary>Whom a TLS connection trusts: the chain always, at the time we believe it is; the host name unless told otherwise.</summary>
/// <remarks>
/// The chain is built here and not left to the platform because the platform judges validity by the system clock, and a box
/// without a clock battery wakes up in 1970, when no certificate is valid yet.
/// </remarks>
internal sealed class TlsTrust : IDisposable
{
    private static readonly Oid ServerAuthentication = new("1.3.6.1.5.5.7.3.1");
    private readonly HubEndpoint _endpoint;
    private readonly DateTimeOffset _now;
    private readonly X509Certificate2Collection? _roots;
    private readonly X509Certificate2? _clientCertificate; // the caller's

    private TlsTrust(HubEndpoint endpoint, DateTimeOffset now, X509Certificate2? own, X509Certificate2Collection? roots) =>
        (_endpoint, _now, _clientCertificate, _roots) = (endpoint, now, own, roots);

    /// <summary>Why the hub's certificate was not trusted; null if it was, or if the hub did not come to present one.</summary>
    public TlsObjection? Objection { get; private set; }

    /// <summary>Whether the hub has presented a certificate that is trusted.</summary>
    public bool IsHubTrusted { get; private set; }

    /// <param name="endpoint">Who is to be reached, and how its certificate is judged.</param>
    /// <param name="now">The time at which it must be valid.</param>
    /// <param name="own">The certificate that we show; null for none.</param>
    /// <exception cref="HubConnectException">The CA file cannot be read or holds no certificate.</exception>
    public static TlsTrust Load(HubEndpoint endpoint, DateTimeOffset now, X509Certificate2? own = null)
    {
        if (endpoint.CaFile is not { } file) return new TlsTrust(endpoint, now, own, roots: null);
        var roots = new X509Certificate2Collection();
        try
        {
            roots.ImportFromPem(PemFiles.Read(file));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw new HubConnectException(HubFaultKind.TlsFailed, $"CA file '{file}' cannot be read: {e.Message}", e);
        }

        return roots.Count > 0
            ? new TlsTrust(endpoint, now, own, roots)
            : throw new HubConnectException(HubFaultKind.TlsFailed, $"CA file '{file}' holds no PEM certificate.");
    }

    /// <summary>The options of a TLS client that asks here.</summary>
    public SslClientAuthenticationOptions Options() => new()
    {
        TargetHost = _endpoint.Host,
        EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
        CertificateChainPolicy = Policy(),
        ClientCertificates = _clientCertificate is null ? null : [_clientCertificate],
        RemoteCertificateValidationCallback = (_, certificate, chain, errors) => IsTrusted(certificate, chain, errors),
    };

    public void Dispose()
    {
        foreach (var root in _roots ?? []) root.Dispose();
    }

    private bool IsTrusted(X509Certificate? presented, X509Chain? sent, SslPolicyErrors errors)
    {
        Objection = Judge(presented, sent, errors);
        return IsHubTrusted = Objection is null;
    }

    private TlsObjection? Judge(X509Certificate? presented, X509Chain? sent, SslPolicyErrors errors)
    {
        if (presented is null) return new TlsObjection("the hub presented no certificate", "check 'host' and 'port'");
        using var certificate = X509CertificateLoader.LoadCertificate(presented.GetRawCertData());
        if (_endpoint.VerifyHostName && errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch))
            return new TlsObjection(
                $"the certificate '{certificate.Subject}'{NamesIn(certificate)} is not for host '{_endpoint.Host}'",
                "correct 'host', or set 'verifyHostName' to false where the hub's certificate is known to carry another name");
        using var chain = new X509Chain();
        chain.ChainPolicy = Policy();
        // intermediates that came with it
        if (sent is not null) chain.ChainPolicy.ExtraStore.AddRange(sent.ChainPolicy.ExtraStore);
        try
        {
            return chain.Build(certificate) ? null : Reason(certificate, chain);
        }
        finally
        {
            foreach (var element in chain.ChainElements) element.Certificate.Dispose();
        }
    }

    private X509ChainPolicy Policy()
    {
        var policy = new X509ChainPolicy
        {
            VerificationTimeIgnored = false,
            VerificationTime = _now.UtcDateTime,
            // The vendor's own root publishes no revocation list, and a gateway reaches nothing but its hub.
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true,
        };
        policy.ApplicationPolicy.Add(ServerAuthentication);
        if (_roots is null) return policy;
        policy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        policy.CustomTrustStore.AddRange(_roots);
        return policy;
    }

    private TlsObjection Reason(X509Certificate2 certificate, X509Chain chain)
    {
        var faults = chain.ChainStatus.Select(status => status.Status).Distinct().ToList();
        return new TlsObjection(
            $"the certificate '{certificate.Subject}' of '{certificate.Issuer}', valid {certificate.NotBefore:yyyy-MM-dd} to "
                + $"{certificate.NotAfter:yyyy-MM-dd}, is not trusted on {_now:yyyy-MM-dd} ({string.Join(", ", faults)})",
            Remedy(faults));
    }

    private string Remedy(List<X509ChainStatusFlags> faults)
    {
        if (faults is [X509ChainStatusFlags.NotTimeValid])
            return "set the gateway's clock; if that is right, the hub's certificate has to be renewed";
        string root = _endpoint.CaFile is null
            ? "set 'caFile' to the root certificate of the hub"
            : $"check that '{_endpoint.CaFile}' holds the root of the hub's certificate";
        return faults.Contains(X509ChainStatusFlags.NotTimeValid) ? root + ", and the clock" : root;
    }

    private static string NamesIn(X509Certificate2 certificate)
    {
        var names = certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>().SelectMany(names => names.EnumerateDnsNames());
        string few = string.Join(", ", names.Take(5));
        return few.Length == 0 ? "" : $" for {few}";
    }
}

/// <summary>Why a certificate is not trusted, and what to do about it; both without a full stop.</summary>
internal sealed record TlsObjection(string Reason, string Remedy);
