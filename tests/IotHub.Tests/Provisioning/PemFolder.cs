using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace BridgeFramework.IotHub.Tests;

/// <summary>A folder with the certificate of a device, its key, the same key under a passphrase, and a key of another.</summary>
internal sealed class PemFolder : IDisposable
{
    public const string Certificate = "device.crt";
    public const string Key = "device.key";
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("iothub-tests");

    public PemFolder()
    {
        using var authority = TestCertificates.Authority("authority");
        using var device = TestCertificates.Issue(authority, "GWPROD0001test01");
        using var key = device.GetECDsaPrivateKey() ?? throw new InvalidOperationException("made with one");
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        Write(Certificate, device.ExportCertificatePem());
        Write(Key, key.ExportPkcs8PrivateKeyPem());
        Write("other.key", other.ExportPkcs8PrivateKeyPem());
        Write("locked.key", key.ExportEncryptedPkcs8PrivateKeyPem(
            "passphrase", new PbeParameters(PbeEncryptionAlgorithm.Aes128Cbc, HashAlgorithmName.SHA256, 1)));
    }

    public string DeviceInfo(string certificate, string key) => Write(
        "device_info.json",
        $$"""
        { "auth_mode": "CERT", "productId": "P", "deviceName": "D",
          "cert_deviceinfo": { "devCertFile": "{{certificate}}", "devPrivateKeyFile": "{{key}}" } }
        """);

    public void Dispose() => _folder.Delete(recursive: true);

    private string Write(string name, string text)
    {
        string path = Path.Combine(_folder.FullName, name);
        File.WriteAllText(path, text);
        return path;
    }
}
