using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using BridgeFramework.Files;

namespace BridgeFramework.IotHub;

/// <summary>Looks into the PEM files that a TLS connection will need, so that a bad one is known before there is one.</summary>
public static class PemFiles
{
    /// <summary>The authorities of a whole system have 300 KB.</summary>
    private const int MaxLength = 4 * 1024 * 1024;

    /// <summary>What is wrong with a file of certificates to trust; null if nothing is.</summary>
    /// <param name="file">The file.</param>
    public static string? ProblemOfAuthorities(string file)
    {
        if (!TryRead(file, out string text, out string? problem)) return problem;
        var certificates = new X509Certificate2Collection();
        try
        {
            certificates.ImportFromPem(text);
            return certificates.Count > 0 ? null : WithoutCertificate(file);
        }
        catch (CryptographicException e)
        {
            return $"'{file}' holds a certificate that cannot be read: {e.Message}";
        }
        finally
        {
            foreach (var certificate in certificates) certificate.Dispose();
        }
    }

    /// <summary>What is wrong with the certificate and with the key of a certificate device; null where nothing is.</summary>
    internal static (string? Certificate, string? Key) ProblemsOf(CertificateCredentials pair)
    {
        bool hasCertificate = TryRead(pair.CertificateFile, out string certificate, out string? ofCertificate);
        bool hasKey = TryRead(pair.PrivateKeyFile, out string key, out string? ofKey);
        if (hasCertificate && !IsCertificate(certificate)) ofCertificate = WithoutCertificate(pair.CertificateFile);
        if (hasKey) ofKey = ProblemOfKey(pair, key);
        if (ofCertificate is null && ofKey is null) ofKey = ProblemOfPair(pair, certificate, key);
        return (ofCertificate, ofKey);
    }

    /// <summary>The text of a PEM file.</summary>
    /// <exception cref="IOException">It is not there, is no file, or is too long for one.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    internal static string Read(string file) => Encoding.UTF8.GetString(NamedFile.Read(file, MaxLength));

    private static string? ProblemOfKey(CertificateCredentials pair, string text)
    {
        if (text.Contains("ENCRYPTED", StringComparison.Ordinal))
            return $"'{pair.PrivateKeyFile}' is encrypted: store the key without a passphrase, readable by the gateway's user only";
        return text.Contains("PRIVATE KEY-----", StringComparison.Ordinal)
            ? null : $"'{pair.PrivateKeyFile}' holds no private key in PEM form (-----BEGIN PRIVATE KEY-----)";
    }

    private static string? ProblemOfPair(CertificateCredentials pair, string certificate, string key)
    {
        try
        {
            using var both = X509Certificate2.CreateFromPem(certificate, key);
            return null;
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            return $"'{pair.PrivateKeyFile}' is not the key of the certificate '{pair.CertificateFile}': take both from one device in the "
                + "console";
        }
    }

    private static bool IsCertificate(string text)
    {
        try
        {
            using var certificate = X509Certificate2.CreateFromPem(text);
            return true;
        }
        catch (CryptographicException)
        {
            return false;
        }
    }

    private static string WithoutCertificate(string file) => $"'{file}' holds no certificate in PEM form (-----BEGIN CERTIFICATE-----)";

    private static bool TryRead(string file, out string text, out string? problem)
    {
        (text, problem) = ("", null);
        try
        {
            text = Read(file);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            problem = e.Message.TrimEnd('.');
            return false;
        }
    }
}
