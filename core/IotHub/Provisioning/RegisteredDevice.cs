using BridgeFramework.Files;

namespace BridgeFramework.IotHub;

/// <summary>What a device got by dynamic registration: its own secret, or its own certificate and key. Prints neither.</summary>
public sealed class RegisteredDevice
{
    private readonly string? _privateKeyPem;

    internal RegisteredDevice(DeviceSecret secret) => Secret = secret;

    internal RegisteredDevice(string certificatePem, string privateKeyPem)
    {
        CertificatePem = certificatePem;
        _privateKeyPem = privateKeyPem;
    }

    /// <summary>The secret of a key device; null for a certificate device. <see cref="SecretFile"/> stores it.</summary>
    public DeviceSecret? Secret { get; }

    /// <summary>The certificate of a certificate device; null for a key device.</summary>
    public string? CertificatePem { get; }

    /// <summary>Stores the certificate and its key, both readable by the owner only, and tells how to use them.</summary>
    /// <param name="certificateFile">Where the certificate goes.</param>
    /// <param name="privateKeyFile">Where the key goes; written first.</param>
    /// <exception cref="InvalidOperationException">It is a key device.</exception>
    /// <exception cref="IOException">A file cannot be written.</exception>
    public CertificateCredentials StoreCertificate(string certificateFile, string privateKeyFile)
    {
        ArgumentException.ThrowIfNullOrEmpty(certificateFile);
        ArgumentException.ThrowIfNullOrEmpty(privateKeyFile);
        StoreCertificate(PrivateFile.At(certificateFile), PrivateFile.At(privateKeyFile));
        return new CertificateCredentials { CertificateFile = certificateFile, PrivateKeyFile = privateKeyFile };
    }

    internal void StoreCertificate(PrivateFile certificate, PrivateFile privateKey)
    {
        if (CertificatePem is null || _privateKeyPem is null)
            throw new InvalidOperationException("This is a key device: it has a secret and no certificate.");
        SecretFile.Write(privateKey, _privateKeyPem);
        SecretFile.Write(certificate, CertificatePem);
    }

    /// <summary>Which kind it is, never what it is.</summary>
    public override string ToString() => Secret is null ? "certificate device ***" : "key device ***";
}
